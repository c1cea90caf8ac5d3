/* emgfeedback firmware: surface EMG from analog pins to the app, protocol EFP/1 (firmware_protocol.md).
 *
 * Arduino Uno, Nano, Pro Mini (ATmega328P): a timer of its own starts every conversion, so the
 * sampling instants do not depend on what else the chip does. Any other board: a polled loop
 * (board_portable.h), which has NOT been tried on those boards, only compiled and run in simavr.
 *
 * What stands on which muscle is the wearer's business and is asked by the app; here stands only
 * which sensor is on which pin. Change the lines between the rules, nothing else is needed.
 */

// ---------------------------------------------------------------------------------------------
// The sensor on each pin: kind, gain (volts at the pin per volt at the electrodes), count of 0 µV.
//   kind    EM_RAW, EM_RECTIFIED, EM_ENVELOPE or EM_AUX
//   zero    EM_MID_RAIL for signals that swing around half the supply, EM_ZERO for the others
// MyoWare 2.0: RAW 200, RECT 200, ENV 200 x (1 + R/kOhm of its potentiometer), at most 20200.
#define EM_SENSOR_A0 EM_RAW, 200.00, EM_MID_RAIL
#define EM_SENSOR_A1 EM_RAW, 200.00, EM_MID_RAIL
#define EM_SENSOR_A2 EM_RAW, 200.00, EM_MID_RAIL
#define EM_SENSOR_A3 EM_RAW, 200.00, EM_MID_RAIL
#define EM_SENSOR_A4 EM_RAW, 200.00, EM_MID_RAIL
#define EM_SENSOR_A5 EM_RAW, 200.00, EM_MID_RAIL
#define EM_SENSOR_A6 EM_RAW, 200.00, EM_MID_RAIL  // A6 and A7: Nano and Pro Mini only
#define EM_SENSOR_A7 EM_RAW, 200.00, EM_MID_RAIL

// Pins that can be asked for, from A0 on: 6 on an Uno, 8 on a Nano or Pro Mini, 4 on an RP2040.
#ifndef EM_PINS
#define EM_PINS 6
#endif

// Settings until the app sends others.
#ifndef EM_DEFAULT
#define EM_DEFAULT 0, 1
#endif
#ifndef EM_DEFAULT_RATE_HZ
#define EM_DEFAULT_RATE_HZ 1000
#endif

// 500000 has no error on a 16 MHz board and its USB chip. 115200 for links that know no more.
#ifndef EM_BAUD
#define EM_BAUD 500000UL
#endif

// The chip's band-gap in mV, against which it measures its supply: 1000 to 1200 from chip to chip.
// Measure the 5V pin, compare with the supply that the app shows, and correct here if it matters.
#ifndef EM_BANDGAP_MV
#define EM_BANDGAP_MV 1100UL
#endif
// ---------------------------------------------------------------------------------------------

#include <Arduino.h>

// For tests: EM_PORTABLE takes the polled loop on an ATmega328P too, EM_AVR insists on the other
// path, EM_CLOCK_START sets the board clock's first value in µs (it wraps at 2^32).
#if defined(__AVR_ATmega328P__) && !defined(EM_PORTABLE)
#ifndef EM_AVR
#define EM_AVR
#endif
#elif defined(EM_AVR)
#error "EM_AVR needs an ATmega328P and excludes EM_PORTABLE"
#endif
#ifndef EM_CLOCK_START
#define EM_CLOCK_START 0UL
#endif

#include "efp.h"
#include "frames.h"
#ifdef EM_AVR
#include "board_atmega328p.h"
#else
#include "board_portable.h"
#endif
#include "identity.h"
#include "settings.h"
#include "dialogue.h"

void setup() {
  port_begin();
  identity_load();
  dialogue_begin();
}

void loop() {
  dialogue_step();
  port_idle(info_wanted || event_wanted);
}
