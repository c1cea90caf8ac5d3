/* Sample sets into DATA frames, between whoever samples (an interrupt, or the polled loop) and the
 * sender: one frame fills while the other waits or is sent. A set is written where it will be sent
 * from, and counts only once it is committed; until then it can be spoiled and written over.
 */
#pragma once

#include "efp.h"

static const uint8_t MOST_PAYLOAD = 241;  // bytes: a frame has at most 253
static const uint8_t MOST_SAMPLES = 160;  // of a frame, packed in twelve bits; as u16 120

// As on the wire, and every field where a processor that insists on alignment can reach it.
struct DataFrame {
  uint8_t header[4];
  uint32_t t_us;
  uint8_t flags;
  uint8_t n;
  uint16_t sample[MOST_SAMPLES];
};
static const uint8_t DATA_HEADER = 10;  // bytes before the samples
static_assert(offsetof(DataFrame, sample) == DATA_HEADER, "the compiler padded DATA's header");

static DataFrame frames[2];
static volatile bool frame_waits;  // the frame that is not filling is whole and not yet sent
static uint8_t filling;            // index of the frame that fills
static uint8_t filled;             // its sets so far
static uint8_t next_flags;         // for the next frame that is begun
static uint16_t *set_at;           // where the set under way stands
static uint16_t set_index;         // of the set under way, from 0 at START; runs on over lost sets
static uint16_t frames_dropped;
static uint16_t ticks_missed;

// As set by SET and TEST; constant while streaming.
static uint8_t channels;
static uint8_t sets_per_frame;
static uint8_t test_signal;
static uint16_t top_count;  // 2^bits - 1

static inline void frames_begin() {
  filled = 0;
  filling = 0;
  frame_waits = false;
  set_at = frames[0].sample;
  set_index = 0xFFFF;
  next_flags = EFP_FIRST;
  frames_sent = frames_dropped = ticks_missed = 0;
}

// The frame that fills is whole. If the one before it is still there, this one is dropped.
static inline void frame_close() {
  DataFrame &frame = frames[filling];
  if (frame_waits) {
    count_up(frames_dropped);
    next_flags |= EFP_FRAMES_DROPPED | (frame.flags & (EFP_TICK_MISSED | EFP_FIRST));
  } else {
    frame.n = filled;
    frame_waits = true;
    filling ^= 1;
  }
  filled = 0;
  set_at = frames[filling].sample;
}

// A set was triggered at t_us; `gap`: sets were lost before it, so it begins a new frame (P3.3).
static inline void set_open(uint32_t t_us, bool gap) {
  if (gap) {
    if (filled) frame_close();
    next_flags |= EFP_TICK_MISSED;
  }
  if (filled == 0) {
    DataFrame &frame = frames[filling];
    frame.t_us = t_us;
    frame.flags = next_flags;
    next_flags = 0;
  }
}

// Signals without a converter, written over the set under way (P6.6).
static void set_synthesize() {
  uint16_t value = test_signal == EFP_RAMP ? set_index : (set_index & 64 ? top_count : 0);
  for (uint8_t i = 0; i < channels; i++) {
    set_at[i] = value & top_count;
    if (test_signal == EFP_RAMP) value += 1000;
  }
}

// All samples of the set under way are in their places.
static inline void set_commit() {
  if (test_signal == EFP_RAMP || test_signal == EFP_SQUARE) set_synthesize();
  set_at += channels;
  if (++filled == sets_per_frame) frame_close();
}
