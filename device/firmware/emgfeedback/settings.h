/* What the board samples: settings asked for, what wire and converter can carry (P5.3, P6.4, P9). */
#pragma once

#include "frames.h"

struct Settings {
  uint16_t rate_hz;
  uint8_t oversample, encoding, k, c;
  uint8_t pins[EFP_MOST_CHANNELS];
};
static Settings settings;
static uint16_t reference_mv;

struct Verdict {
  uint8_t code;
  uint16_t limit;
};

#if defined(__AVR__)  // tables stay in flash there, and are copied out of it
#include <avr/pgmspace.h>
#define EM_IN_FLASH PROGMEM
#define EM_FROM_FLASH memcpy_P
#else
#define EM_IN_FLASH
#define EM_FROM_FLASH memcpy
#endif

struct Sensor {
  uint8_t kind;
  uint32_t gain_x100;
  uint8_t zero;
};

constexpr Sensor sensor(uint8_t kind, double gain, uint8_t zero) {
  return {kind, static_cast<uint32_t>(gain * 100 + 0.5), zero};
}

static const Sensor SENSORS[] EM_IN_FLASH = {
    sensor(EM_SENSOR_A0), sensor(EM_SENSOR_A1), sensor(EM_SENSOR_A2), sensor(EM_SENSOR_A3),
    sensor(EM_SENSOR_A4), sensor(EM_SENSOR_A5), sensor(EM_SENSOR_A6), sensor(EM_SENSOR_A7),
};
static_assert(EM_PINS <= sizeof SENSORS / sizeof SENSORS[0], "a line of the sensor table is missing");

static uint8_t oversampling_bits(uint8_t oversample) { return oversample == 16 ? 4 : oversample == 4 ? 2 : 0; }

static uint8_t sample_bits(const Settings &s) { return ADC_BITS + oversampling_bits(s.oversample); }

static uint8_t payload_bytes(const Settings &s, uint8_t k) {
  uint16_t values = k * s.c;
  return s.encoding == EFP_P12 ? (3 * values + 1) / 2 : 2 * values;
}

// Highest rate in Hz that loads the wire to at most 85 % with k sets in a frame (P9.1).
static uint32_t wire_limit(const Settings &s, uint8_t k) {
  return 85 * (REAL_BAUD / 10) * k / (100UL * (14 + payload_bytes(s, k)));
}

static uint8_t most_sets(const Settings &s) {
  return (s.encoding == EFP_P12 ? MOST_PAYLOAD * 2 / 3 : MOST_PAYLOAD / 2) / s.c;
}

// Sets in a frame for these settings: the fewest that last 4 ms, up to 8 ms where the wire needs
// it; 0 when the wire cannot carry them (P6.4).
static uint8_t choose_k(const Settings &s) {
  if (s.k) return wire_limit(s, s.k) >= s.rate_hz ? s.k : 0;
  uint8_t most = most_sets(s);
  uint8_t k = (s.rate_hz + 249) / 250;
  uint8_t longest = s.rate_hz / 125;
  if (longest < k) longest = k;
  if (longest > most) longest = most;
  if (k > most) k = most;
  while (wire_limit(s, k) < s.rate_hz) {
    if (k++ >= longest) return 0;
  }
  return k;
}

// Highest rate in Hz that would be taken, everything else as in `s`. With k free, each k serves
// the rates at which its frame lasts 4 to 8 ms.
static uint16_t highest_rate(const Settings &s) {
  uint32_t converter = sampler_limit(s.c, s.oversample);
  uint32_t best = 0;
  uint8_t most = most_sets(s);
  for (uint8_t k = s.k ? s.k : 1; k <= (s.k ? s.k : most); k++) {
    uint32_t rate = wire_limit(s, k);
    if (rate > converter) rate = converter;
    if (!s.k) {
      if (k < most && rate > 250UL * k) rate = 250UL * k;
      if (rate < 125UL * k && rate <= 250UL * (k - 1)) continue;
    }
    if (rate > best) best = rate;
  }
  return best;
}

static bool pins_possible(const Settings &s) {
  if (s.c > EM_PINS) return false;
  for (uint8_t i = 0; i < s.c; i++) {
    if (s.pins[i] >= EM_PINS) return false;
    for (uint8_t j = 0; j < i; j++) {
      if (s.pins[i] == s.pins[j]) return false;
    }
  }
  return true;
}

static uint8_t most_oversampling() { return ADC_BITS + 4 <= 16 ? 16 : ADC_BITS + 2 <= 16 ? 4 : 1; }

// Whether `s` can be done; if so, its k is filled in.
static Verdict settings_judge(Settings &s) {
  if (s.rate_hz == 0 || s.c == 0 || s.c > EFP_MOST_CHANNELS) return {EFP_MALFORMED, 0};
  if (!pins_possible(s)) return {EFP_PINS, EM_PINS - 1};
  bool power = s.oversample == 1 || s.oversample == 4 || s.oversample == 16;
  if (!power || s.oversample > most_oversampling()) return {EFP_OVERSAMPLING, most_oversampling()};
  if (s.encoding > EFP_P12 || (s.encoding == EFP_P12 && sample_bits(s) > 12)) return {EFP_ENCODING, 0};
  if (s.k > most_sets(s)) return {EFP_MALFORMED, 0};
  if (s.rate_hz > sampler_limit(s.c, s.oversample)) return {EFP_TOO_FAST_FOR_CONVERTER, highest_rate(s)};
  uint8_t k = choose_k(s);
  if (k == 0) return {EFP_TOO_FAST_FOR_WIRE, highest_rate(s)};
  s.k = k;
  return {EFP_DONE, 0};
}

static uint16_t highest_rate_now;  // for these pins, this oversampling, encoding and baud

static void settings_take(const Settings &s) {
  Settings free_k = s;
  free_k.k = 0;
  highest_rate_now = highest_rate(free_k);
  settings = s;
  channels = s.c;
  sets_per_frame = s.k;
  top_count = static_cast<uint16_t>((1UL << sample_bits(s)) - 1);
  data_room = wire_bytes(DATA_HEADER + payload_bytes(s, s.k));
  sampler_set(s.rate_hz, s.oversample, s.c);
}
