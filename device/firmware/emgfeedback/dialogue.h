/* The board's side of the dialogue (P5, P6, P7): commands in; INFO, STATUS, DATA and answers out. */
#pragma once

#include "settings.h"

static const uint16_t FIRMWARE = 0x0001;  // major in the high byte
static const uint32_t SILENCE_US = 5000000UL, INFO_US = 2000000UL, STATUS_US = 1000000UL;

static bool streaming;
static bool info_wanted;
static uint8_t event_wanted;  // code of the EVENT to send, 0: none
static uint16_t supply_mv;
static uint32_t heard_us, info_us, status_us;  // board times: last host frame, last INFO, last STATUS

// Room for the longest answer to a command, a PONG: bytes of the host wait until there is that much.
static const uint8_t ANSWER_ROOM = 24;

// Frames but DATA are built here; the largest is an INFO of 8 channels.
static uint8_t scratch[34 + 18 * EM_PINS];
static uint8_t *scratch_at;

static void begin_frame() { scratch_at = scratch + 4; }
static void put8(uint8_t value) { *scratch_at++ = value; }
static void put(const void *value, uint8_t size) {
  memcpy(scratch_at, value, size);
  scratch_at += size;
}
static void put16(uint16_t value) { put(&value, sizeof value); }
static void put32(uint32_t value) { put(&value, sizeof value); }
static bool send_frame(uint8_t type) { return efp_send(scratch, type, scratch_at - scratch); }

static void put_channel(uint8_t i) {
  uint8_t pin = settings.pins[i];
  Sensor sensor;
  EM_FROM_FLASH(&sensor, &SENSORS[pin], sizeof sensor);
  uint16_t middle = static_cast<uint16_t>((top_count + 1UL) / 2);
  char label[8] = {'A', static_cast<char>('0' + pin)};
  put8(pin);
  put8(sensor.kind);
  put32(sensor.gain_x100);
  put16(sensor.zero == EM_MID_RAIL ? middle : 0);
  put16(sampler_skew(i));
  put(label, sizeof label);
}

static bool send_info() {
  begin_frame();
  put8(settings.encoding);
  put8(settings.c);
  put8(settings.k);
  put8(sample_bits(settings));
  put8(settings.oversample);
  put8(streaming);
  put32(TICKS_PER_SECOND);
  put32(sampler_period());
  put16(reference_mv);
  put16(FIRMWARE);
  put32(board_id);
  put16(CAPABILITIES);
  put16(highest_rate_now);
  put8(BOARD);
  put8(test_signal);
  put16(boot_count);
  for (uint8_t i = 0; i < settings.c; i++) put_channel(i);
  return send_frame(EFP_INFO);
}

static bool send_status() {
  begin_frame();
  put32(clock_us());
  put32(frames_sent);
  put16(frames_dropped);
  put16(sampler_missed());
  put16(frames_bad);
  put16(supply_mv);
  put16(port_free_ram());
  return send_frame(EFP_STATUS);
}

static bool send_event(uint8_t code) {
  begin_frame();
  put32(clock_us());
  put8(code);
  put16(0);
  return send_frame(EFP_EVENT);
}

static void send_pong(uint32_t received_us) {
  begin_frame();
  put(command + 4, 4);
  put32(received_us);
  put32(clock_us());
  send_frame(EFP_PONG);
}

static void send_ack(Verdict verdict) {
  begin_frame();
  put(command + 2, 2);
  put8(command[0] & 0x0F);
  put8(verdict.code);
  put16(verdict.limit);
  send_frame(EFP_ACK);
}

// Samples of a waiting frame as they go on the wire: rails looked for, two samples into three bytes.
static uint8_t finish_samples(DataFrame &frame) {
  uint8_t values = frame.n * channels;
  // A sum of conversions stops short of the highest code, which a test signal reaches.
  uint16_t rail = top_count - (settings.oversample - 1);
  uint8_t flags = test_signal ? EFP_TEST_SIGNAL : 0;
  for (uint8_t i = 0; i < values; i++) {
    if (frame.sample[i] == 0) flags |= EFP_CLIP_LOW;
    if (frame.sample[i] >= rail) flags |= EFP_CLIP_HIGH;
  }
  frame.flags |= flags;
  if (settings.encoding == EFP_U16) return 2 * values;
  uint8_t *out = reinterpret_cast<uint8_t *>(frame.sample);
  for (uint8_t i = 0; i < values; i += 2) {
    uint16_t a = frame.sample[i], b = i + 1 < values ? frame.sample[i + 1] : 0;
    *out++ = static_cast<uint8_t>(a);
    *out++ = static_cast<uint8_t>(a >> 8 | b << 4);
    *out++ = static_cast<uint8_t>(b >> 4);
  }
  return (3 * values + 1) / 2;
}

static void send_data() {
  DataFrame &frame = frames[filling ^ 1];
  uint8_t length = DATA_HEADER + finish_samples(frame);
  efp_send(frame.header, EFP_DATA, length);
  frame_waits = false;
}

static void measure_reference() {
  supply_mv = measure_supply();
  reference_mv = supply_mv ? supply_mv : NOMINAL_SUPPLY_MV;
}

static void take_set() {
  Settings asked = {};
  memcpy(&asked.rate_hz, command + 4, 2);
  asked.oversample = command[6];
  asked.encoding = command[7];
  asked.k = command[8];
  asked.c = command[9];
  memcpy(asked.pins, command + 10, sizeof asked.pins);
  Verdict verdict = {EFP_STREAMING, 0};
  if (!streaming) verdict = settings_judge(asked);
  if (verdict.code == EFP_DONE) {
    settings_take(asked);
    epoch_next();
    info_wanted = true;
  }
  send_ack(verdict);
}

static void take_start() {
  bool change = !streaming;
  if (change) epoch_next();
  send_ack({EFP_DONE, 0});
  if (change) measure_reference();
  streaming = true;
  info_wanted = !send_info();
  if (!change) return;
  status_us = info_us = clock_us();
  frames_bad = 0;
  sampler_start(settings.pins);
}

static void stop() {
  if (streaming) sampler_stop();
  streaming = false;
  frame_waits = false;
}

static void take_test(uint8_t asked) {
  Verdict verdict = {EFP_DONE, 0};
  if (streaming) {
    verdict.code = EFP_STREAMING;
  } else if (asked > LAST_SIGNAL) {
    verdict.code = EFP_NO_SUCH_SIGNAL;
  } else {
    test_signal = asked;
  }
  send_ack(verdict);
}

// Length of the frame of a command with its CRC, by P6.1; 0 for a type that hosts do not send.
static uint8_t command_length(uint8_t type) {
  switch (type) {
    case EFP_HELLO: case EFP_TEST: return 7;
    case EFP_SET: return 12 + command[9];
    case EFP_START: case EFP_STOP: return 6;
    case EFP_PING: return 10;
    default: return 0;
  }
}

static void take_command(uint8_t length) {
  uint8_t type = command[0] & 0x0F;
  // What is of another version, unknown, not for boards or of a wrong length is only counted (P1.4).
  bool known = command[0] >> 4 == EFP_VERSION && length == command_length(type);
  if (!known) return count_up(frames_bad);
  heard_us = clock_us();
  switch (type) {
    case EFP_HELLO: info_wanted = true; break;
    case EFP_SET: take_set(); break;
    case EFP_START: take_start(); break;
    case EFP_STOP: stop(); send_ack({EFP_DONE, 0}); break;
    case EFP_PING: send_pong(heard_us); break;
    case EFP_TEST: take_test(command[4]); break;
  }
}

static void receive() {
  // DATA goes first: a flood of commands takes neither its time nor its room.
  uint8_t byte;
  for (uint8_t i = 0; i < 8 && !frame_waits && ring_room() >= ANSWER_ROOM && port_receive(byte); i++) {
    uint8_t length = unstuffer.take(byte);
    if (length) take_command(length);
  }
}

// What is due by the clock, which is looked at every 65 ms only.
static void keep_time() {
  uint32_t now = clock_us();
  if (!streaming) return;
  if (now - heard_us >= SILENCE_US) {
    stop();
    event_wanted = EFP_NO_HOST;
    return;
  }
  if (now - info_us >= INFO_US) {
    info_us += INFO_US;
    info_wanted = true;
  }
  if (now - status_us >= STATUS_US && send_status()) status_us += STATUS_US;
}

static void dialogue_begin() {
  unstuffer.reset();
  measure_reference();
  Settings start = {EM_DEFAULT_RATE_HZ, 1, EFP_U16, 0, 0, {EM_DEFAULT}};
  static const uint8_t pins[] = {EM_DEFAULT};
  start.c = sizeof pins;
  settings_judge(start);
  settings_take(start);
  info_wanted = true;
  if (port_restarted) event_wanted = EFP_RESTARTED;
}

// Between things that take long, a board that polls gets to sample.
static void dialogue_step() {
  sampler_step();
  if (event_wanted && send_event(event_wanted)) event_wanted = 0;
  if (info_wanted && send_info()) info_wanted = false;
  sampler_step();
  if (frame_waits && ring_room() >= data_room) send_data();
  sampler_step();
  receive();
  if (clock_mark() != mark_seen) {
    mark_seen = clock_mark();
    keep_time();
  }
}
