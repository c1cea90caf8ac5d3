/* Any board that the Arduino core knows: a polled loop of micros(), analogRead() and Serial.
 *
 * NOT TRIED ON ANY OF THOSE BOARDS. It compiles for an ATmega328P and is run there in simavr
 * (EM_PORTABLE); its sampling instants jitter with whatever else the loop does, so it announces
 * no timer of its own (capability b3 is 0). Oversampling is a burst: all conversions of a channel
 * one behind the other.
 */
#pragma once

#include "frames.h"

#if defined(__AVR_ATmega328P__)
static const uint8_t BOARD = 1;
#elif defined(__AVR__)
static const uint8_t BOARD = 2;
#else
static const uint8_t BOARD = 3;
#endif

// Bits of the converter, and its reference in mV.
#ifndef EM_ADC_BITS
#if defined(__AVR__)
#define EM_ADC_BITS 10
#elif defined(ARDUINO_ARCH_RENESAS)
#define EM_ADC_BITS 14
#else
#define EM_ADC_BITS 12
#endif
#endif
#ifndef EM_REFERENCE_MV
#if defined(__AVR__) || defined(ARDUINO_ARCH_RENESAS)
#define EM_REFERENCE_MV 5000
#else
#define EM_REFERENCE_MV 3300
#endif
#endif

// The analog pins, in the order in which they are asked for.
#ifndef EM_ANALOG_PINS
#if EM_PINS <= 4
#define EM_ANALOG_PINS A0, A1, A2, A3
#elif EM_PINS <= 6
#define EM_ANALOG_PINS A0, A1, A2, A3, A4, A5
#else
#define EM_ANALOG_PINS A0, A1, A2, A3, A4, A5, A6, A7
#endif
#endif
static const uint8_t ANALOG_PINS[] = {EM_ANALOG_PINS};
static_assert(sizeof ANALOG_PINS >= EM_PINS, "EM_ANALOG_PINS names fewer pins than EM_PINS says");

static const uint8_t CAPABILITIES = EFP_CAN_TEST | EFP_CAN_OVERSAMPLE | EFP_CAN_PACK;
static const uint8_t LAST_SIGNAL = EFP_SQUARE;
static const uint8_t ADC_BITS = EM_ADC_BITS;
static const uint16_t NOMINAL_SUPPLY_MV = EM_REFERENCE_MV;
static const uint16_t MOST_RATE_HZ = 4000;
static const uint32_t TICKS_PER_SECOND = 1000000UL;
static const uint32_t REAL_BAUD = EM_BAUD;

static bool running;
static uint8_t conversions;       // of a sample: the oversampling
static uint8_t sampled_pins[EFP_MOST_CHANNELS];
static uint16_t conversion_us;    // measured at boot
static uint32_t period_us, next_us;

static uint32_t clock_us() { return micros() + EM_CLOCK_START; }

static uint16_t sampler_limit(uint8_t count, uint8_t oversample) {
  // A fifth of the time is left for the rest of the loop.
  uint32_t limit = 800000UL / (static_cast<uint32_t>(count) * oversample * conversion_us);
  return limit > MOST_RATE_HZ ? MOST_RATE_HZ : limit;
}

static void sampler_set(uint16_t rate, uint8_t oversample, uint8_t) {
  period_us = (TICKS_PER_SECOND + rate / 2) / rate;
  conversions = oversample;
}

static uint32_t sampler_period() { return period_us; }

static uint16_t sampler_skew(uint8_t i) {
  uint32_t tenths = 10UL * conversion_us * conversions * i + 5UL * conversion_us * (conversions - 1);
  return tenths > 0xFFFF ? 0xFFFF : tenths;
}

static void sampler_start(const uint8_t *pins) {
  memcpy(sampled_pins, pins, channels);
  frames_begin();
  next_us = clock_us() + period_us;
  running = true;
}

static void sampler_stop() { running = false; }

static void sampler_step() {
  if (!running) return;
  uint32_t late = clock_us() - next_us;
  if (static_cast<int32_t>(late) < 0) return;
  bool gap = false;
  for (; late >= period_us; late -= period_us) {
    count_up(ticks_missed);
    set_index++;
    next_us += period_us;
    gap = true;
  }
  set_index++;
  set_open(next_us, gap);
  next_us += period_us;
  for (uint8_t i = 0; i < channels; i++) {
    uint16_t sum = 0;
    for (uint8_t j = 0; j < conversions; j++) sum += analogRead(ANALOG_PINS[sampled_pins[i]]);
    set_at[i] = sum;
  }
  set_commit();
}

static uint16_t sampler_missed() { return ticks_missed; }

static uint16_t measure_supply() { return 0; }

static uint16_t sampler_noise(uint8_t i) {
  return analogRead(ANALOG_PINS[i % EM_PINS]) + static_cast<uint16_t>(micros() << 4);
}

void port_transmit() {}

static bool port_receive(uint8_t &byte) {
  int got = Serial.read();
  byte = static_cast<uint8_t>(got);
  return got >= 0;
}

static const bool port_restarted = false;

static void port_begin() {
  Serial.begin(EM_BAUD);
#if !defined(__AVR__)
  analogReadResolution(EM_ADC_BITS);
#endif
  const uint8_t rounds = 16;
  uint32_t began = micros();
  for (uint8_t i = 0; i < rounds; i++) analogRead(ANALOG_PINS[0]);
  conversion_us = (micros() - began) / rounds + 1;
}

static uint16_t port_free_ram() { return 0; }

static uint8_t clock_mark() { return static_cast<uint8_t>(clock_us() >> 16); }
static uint8_t mark_seen;
static uint8_t data_room;

static void port_idle(bool) {
  // A few bytes at a time: the next tick may be due.
  for (uint8_t i = 0; i < 8 && ring_tail != ring_head && Serial.availableForWrite() > 0; i++) {
    Serial.write(ring[ring_tail++]);
  }
}
