/* Protocol EFP/1 as all boards speak it: its numbers, its checksum, bytes in and out of frames.
 * The clauses named here (P1.2 ...) are those of firmware_protocol.md. No board's registers here.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "frames are laid out in memory as on the wire, which is little endian"
#endif

enum : uint8_t {
  EFP_VERSION = 1,
  EFP_MOST_CHANNELS = 8,
  // Types of frames (P3 to P6).
  EFP_DATA = 0, EFP_INFO = 1, EFP_STATUS = 2, EFP_PONG = 3, EFP_ACK = 4, EFP_EVENT = 6,
  EFP_HELLO = 8, EFP_SET = 9, EFP_START = 10, EFP_STOP = 11, EFP_PING = 12, EFP_TEST = 13,
  // Flags of DATA (P3.1).
  EFP_TICK_MISSED = 1, EFP_FRAMES_DROPPED = 2, EFP_CLIP_LOW = 4, EFP_CLIP_HIGH = 8,
  EFP_TEST_SIGNAL = 32, EFP_FIRST = 128,
  // Encodings (P3.2).
  EFP_U16 = 0, EFP_P12 = 1,
  // Answers (P5.2).
  EFP_DONE = 0, EFP_UNKNOWN = 1, EFP_MALFORMED = 2, EFP_TOO_FAST_FOR_CONVERTER = 3,
  EFP_TOO_FAST_FOR_WIRE = 4, EFP_PINS = 5, EFP_OVERSAMPLING = 6, EFP_ENCODING = 7,
  EFP_STREAMING = 8, EFP_NO_SUCH_SIGNAL = 9,
  // Events (P5).
  EFP_NO_HOST = 1, EFP_RESTARTED = 2,
  // Test signals (P6.6).
  EFP_OFF = 0, EFP_RAMP = 1, EFP_SQUARE = 2, EFP_GROUND = 3, EFP_BAND_GAP = 4,
  // Capabilities (P4).
  EFP_CAN_TEST = 1, EFP_CAN_OVERSAMPLE = 2, EFP_CAN_PACK = 4, EFP_OWN_TIMER = 8,
};

// Kinds of sensors (P4), by the names of the table in the sketch, and where their 0 µV lies.
enum : uint8_t { EM_RAW = 0, EM_RECTIFIED = 1, EM_ENVELOPE = 2, EM_AUX = 3 };
enum : uint8_t { EM_ZERO = 0, EM_MID_RAIL = 1 };

#if defined(__AVR__)
#include <util/crc16.h>
static inline uint16_t efp_crc(uint16_t crc, uint8_t byte) { return _crc_xmodem_update(crc, byte); }
#else
static inline uint16_t efp_crc(uint16_t crc, uint8_t byte) {
  crc ^= static_cast<uint16_t>(byte) << 8;
  for (uint8_t i = 0; i < 8; i++) crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
  return crc;
}
#endif
static const uint16_t EFP_CRC_START = 0xFFFF;
static const uint16_t EFP_CRC_GOOD = 0x1D0F;  // what the CRC of a whole good frame comes to (P1.3)

// ---- Out: a ring of wire bytes. 256 of them, so that 8-bit indices wrap by themselves. ----

static uint8_t ring[256];
static volatile uint8_t ring_head;  // next byte to write: moved by the sender, a whole frame at a time
static volatile uint8_t ring_tail;  // next byte to put on the wire
static uint16_t next_seq;
static uint8_t epoch;
static uint32_t frames_sent;

void port_transmit();  // the board starts emptying the ring

// Bytes that a frame of `length` bytes before its CRC takes on the wire: CRC, COBS code, delimiter.
static inline uint8_t wire_bytes(uint8_t length) { return length + 4; }

static inline uint8_t ring_room() { return static_cast<uint8_t>(ring_tail - ring_head - 1); }

// COBS into the ring: each run of bytes that are not zero follows a code that tells its length.
struct Stuffer {
  uint8_t at, code_at, code;

  __attribute__((always_inline)) inline void begin() {
    code_at = ring_head;
    at = code_at + 1;
    code = 1;
  }
  __attribute__((always_inline)) inline void put(uint8_t byte) {
    if (byte) {
      ring[at++] = byte;
      code++;  // a frame has at most 253 bytes: the code cannot run over
    } else {
      ring[code_at] = code;
      code_at = at++;
      code = 1;
    }
  }
  __attribute__((always_inline)) inline void finish() {
    ring[code_at] = code;
    ring[at++] = 0;
    ring_head = at;  // only now does the frame exist for whoever empties the ring
  }
};

// Send the `length` bytes at `frame` as a frame of this type, in one pass: body from byte 4 on, the
// header is filled in here. False, and nothing sent, when the ring lacks room for all of it (P6.7).
static bool efp_send(uint8_t *frame, uint8_t type, uint8_t length) {
  if (ring_room() < wire_bytes(length)) return false;
  frame[0] = EFP_VERSION << 4 | type;
  frame[1] = epoch;
  frame[2] = static_cast<uint8_t>(next_seq);
  frame[3] = static_cast<uint8_t>(next_seq >> 8);
  next_seq++;
  uint16_t crc = EFP_CRC_START;
  Stuffer out;
  out.begin();
  for (const uint8_t *end = frame + length; frame != end; frame++) {
    uint8_t byte = *frame;
    crc = efp_crc(crc, byte);
    out.put(byte);
  }
  crc = ~crc;
  out.put(crc >> 8);
  out.put(static_cast<uint8_t>(crc));
  out.finish();
  frames_sent++;
  port_transmit();
  return true;
}

// ---- In: one frame of the host at a time. ----

// The longest command known is a SET of 8 pins; of a longer frame only the checksum matters.
static const uint8_t LONGEST_COMMAND = 20;
static const uint8_t LONGEST_FRAME = 253;

static uint8_t command[LONGEST_COMMAND];
static uint16_t frames_bad;

static inline void count_up(uint16_t &counter) {
  if (counter != 0xFFFF) counter++;
}

struct Unstuffer {
  uint16_t crc;
  uint8_t length;  // decoded bytes so far
  uint8_t left;    // bytes until the next COBS code
  bool begun, broken;

  void reset() {
    crc = EFP_CRC_START;
    length = left = 0;
    begun = broken = false;
  }
  void store(uint8_t byte) {
    if (length == LONGEST_FRAME) {
      broken = true;
      return;
    }
    if (length < LONGEST_COMMAND) command[length] = byte;
    length++;
    crc = efp_crc(crc, byte);
  }
  // Take a byte of the wire; the length of the frame in `command` when it completes a good one, else 0.
  uint8_t take(uint8_t byte) {
    if (byte == 0) {
      uint8_t whole = length;
      bool good = !broken && left == 0 && length >= 6 && crc == EFP_CRC_GOOD;
      if (begun && !good) count_up(frames_bad);
      reset();
      return good ? whole : 0;
    }
    if (broken) return 0;
    if (left) {
      left--;
      store(byte);
    } else {
      if (begun) store(0);
      left = byte - 1;
    }
    begun = true;
    return 0;
  }
};
static Unstuffer unstuffer;
