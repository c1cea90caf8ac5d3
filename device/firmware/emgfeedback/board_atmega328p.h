/* ATmega328P: what needs its registers. Timer1 starts every scan of the pins, the ADC's interrupt
 * chains the rest of the scan, the USART's interrupts empty and fill the rings. This file owns all
 * those vectors: any use of `Serial` in the sketch would bring a second set of them.
 *
 *   TIMER1_COMPA   a tick: start channel 0, or count a missed tick if the last scan is not over.
 *                  Ticks come at rate x oversampling; every oversampling-th is a set's trigger.
 *   ADC            a conversion is done: start the next channel's first, then keep its result
 *   USART_UDRE/RX  one byte each; sending lets the two above interrupt it
 *
 * The ADC's clock divides the CPU's by 128, 64 or 32: the slowest with which a scan fits between
 * two ticks. Only 128 keeps the data sheet's 200 kHz for full 10 bits; what 64 and 32 cost in
 * resolution on silicon is not known here.
 */
#pragma once

#include <avr/boot.h>
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <avr/wdt.h>
#include <util/delay.h>

#include "frames.h"

static const uint8_t BOARD = 1;
static const uint8_t CAPABILITIES = EFP_CAN_TEST | EFP_CAN_OVERSAMPLE | EFP_CAN_PACK | EFP_OWN_TIMER;
static const uint8_t LAST_SIGNAL = EFP_BAND_GAP;
static const uint8_t ADC_BITS = 10;
static const uint16_t NOMINAL_SUPPLY_MV = 5000;
static const uint16_t MOST_RATE_HZ = 4000;
static const uint32_t TICKS_PER_SECOND = F_CPU;  // rates are announced in these
static const uint8_t CYCLES_PER_US = F_CPU / 1000000UL;

// Bits of GPIOR0, which the chip sets, clears and tests in single instructions.
enum : uint8_t { RUN = 1 << 0, SCAN = 1 << 1, SPOILED = 1 << 2, WAITING = 1 << 7 };

// ---- Time. The board clock moves at each set's trigger; between them the timer is read. ----

static volatile uint32_t set_us = EM_CLOCK_START;  // board time of the last set's trigger
static uint32_t set_whole_us;                      // a set's period: whole µs ...
static uint8_t set_part, part;                     // ... and CPU cycles over, which add up
static volatile uint8_t pass;                      // tick within the set: 0 is its trigger
static uint8_t passes = 1;                         // oversampling
static uint32_t tick_cycles;
static uint16_t timer_divider = 1;

static uint32_t clock_us() {
  uint8_t sreg = SREG;
  cli();
  uint32_t us = set_us;
  uint8_t ticks = pass;
  uint16_t timer = TCNT1;
  if (TIFR1 & _BV(OCF1A)) {  // a tick waits for us: it is not in `pass` yet
    timer = TCNT1;
    ticks++;
  }
  SREG = sreg;
  return us + (ticks * tick_cycles + static_cast<uint32_t>(timer) * timer_divider) / CYCLES_PER_US;
}

// ---- Sampling ----

static uint8_t mux[EM_PINS];       // ADMUX of each channel
static uint8_t mux_after[EM_PINS]; // ADMUX of the channel that follows it
static uint8_t adc_divider_bits = 7;
static uint8_t convert;            // what ADCSRA needs to start a conversion
static uint8_t rest;               // and what starts none
static uint8_t scan_at;            // channel under way
static uint16_t adc_code;          // of the conversion that has ended
static uint16_t *cell;             // where its sample is

ISR(TIMER1_COMPA_vect) {
  bool missed = false;
  if (GPIOR0 & RUN) {
    if (GPIOR0 & SCAN) {
      // The scan under way began at an earlier tick and is late, this one's will not be: both are lost.
      GPIOR0 |= SPOILED;
      missed = true;
      count_up(ticks_missed);
    } else {
      ADCSRA = convert;
      GPIOR0 |= SCAN;
    }
  }
  uint8_t ticks = pass + 1;
  if (ticks == passes) {
    ticks = 0;
    uint32_t us = set_us + set_whole_us;
    uint8_t over = part + set_part;
    if (over >= CYCLES_PER_US) {
      over -= CYCLES_PER_US;
      us++;
    }
    part = over;
    set_us = us;
    if (GPIOR0 & RUN) {
      set_index++;
      if (!missed) {
        bool gap = GPIOR0 & SPOILED;
        GPIOR0 &= ~SPOILED;
        set_open(us, gap);
        cell = set_at;
      }
    }
  }
  pass = ticks;
}

// The next conversion waits for an edge of the ADC's clock, so an interrupt a little late can cost a
// whole clock (8 µs). Hence these few instructions in front of the rest: keep the code, then ADMUX
// and ADCSRA from where scan_prepare() laid them. None of them touches the status register.
ISR(ADC_vect, ISR_NAKED) {
  asm volatile(
      "push r24\n\t"
      "lds r24, %[adcl]\n\t"
      "sts %[code], r24\n\t"
      "lds r24, %[adch]\n\t"
      "sts %[code]+1, r24\n\t"
      "in r24, %[next_mux]\n\t"
      "sts %[admux], r24\n\t"
      "in r24, %[next_start]\n\t"
      "sts %[adcsra], r24\n\t"
      "pop r24\n\t"
      "jmp __vector_adc_done\n\t"
      :
      : [adcl] "n"(_SFR_MEM_ADDR(ADCL)), [adch] "n"(_SFR_MEM_ADDR(ADCH)), [code] "i"(&adc_code),
        [next_mux] "I"(_SFR_IO_ADDR(GPIOR1)), [admux] "n"(_SFR_MEM_ADDR(ADMUX)),
        [next_start] "I"(_SFR_IO_ADDR(GPIOR2)), [adcsra] "n"(_SFR_MEM_ADDR(ADCSRA)));
}

// Lay out what follows channel `at`: the next channel's start, or channel 0 at rest until the next tick.
static inline void scan_prepare(uint8_t at) {
  scan_at = at;
  GPIOR1 = mux_after[at];
  GPIOR2 = at + 1 == channels ? rest : convert;
}

extern "C" void __vector_adc_done() __attribute__((signal, used));
void __vector_adc_done() {
  uint16_t code = adc_code;
  uint8_t at = scan_at;
  uint8_t ticks = pass;
  uint16_t *sample = cell;
  if (ticks) code += *sample;
  *sample = code;
  if (++at != channels) {
    scan_prepare(at);
    cell = sample + 1;
    return;
  }
  GPIOR0 &= ~SCAN;
  scan_prepare(0);
  if (ticks == static_cast<uint8_t>(passes - 1) && !(GPIOR0 & SPOILED)) set_commit();
  cell = set_at;
}

// CPU cycles of a conversion in a scan: 13 of the ADC's clock, and one until the next one's start.
static uint16_t conversion_cycles(uint8_t divider_bits) { return 14 << divider_bits; }

// CPU cycles that a scan needs from its tick to the next one: its conversions, the interrupts at
// both its ends, and what other interrupts can hold up the ADC's: with the fastest clock that
// often costs a clock more.
static uint32_t scan_cycles(uint8_t count, uint8_t divider_bits) {
  const uint16_t ends = 340;
  uint8_t delay = divider_bits == 5 ? 40 : 8;
  return static_cast<uint32_t>(count) * (conversion_cycles(divider_bits) + delay) + ends;
}

// Highest rate in Hz for which a scan of `count` channels fits between two ticks.
static uint16_t sampler_limit(uint8_t count, uint8_t oversample) {
  uint32_t limit = F_CPU / (scan_cycles(count, 5) * oversample);
  return limit > MOST_RATE_HZ ? MOST_RATE_HZ : limit;
}

// A conversion with no interrupt, while no scan runs.
static uint16_t convert_now() {
  ADCSRA |= _BV(ADSC);
  while (ADCSRA & _BV(ADSC)) {
  }
  return ADC;
}

static void adc_begin(uint8_t divider_bits) {
  ADCSRA = 0;
  ADCSRA = _BV(ADEN) | divider_bits;
  convert_now();  // the first one takes 25 clocks and is thrown away
  ADCSRA |= _BV(ADIF);  // and so is its flag, or it would interrupt as soon as it may
  rest = _BV(ADEN) | _BV(ADIE) | divider_bits;
  convert = rest | _BV(ADSC);
}

static void adc_end() { ADCSRA = 0; }

// Program Timer1 for `rate` sets a second as exactly as it can: F_CPU / sampler_period() Hz.
static void sampler_set(uint16_t rate, uint8_t oversample, uint8_t count) {
  static const uint16_t DIVIDERS[] = {1, 8, 64, 256, 1024};
  uint32_t now = clock_us();
  uint32_t ticks = static_cast<uint32_t>(rate) * oversample;
  uint8_t choice = 0;
  uint32_t counts;
  for (;; choice++) {
    uint32_t divided = ticks * DIVIDERS[choice];
    counts = (F_CPU + divided / 2) / divided;
    if (counts <= 0x10000) break;
  }
  uint8_t bits = 7;
  while (bits > 5 && scan_cycles(count, bits) > counts * DIVIDERS[choice]) bits--;
  cli();
  timer_divider = DIVIDERS[choice];
  tick_cycles = counts * timer_divider;
  passes = oversample;
  set_whole_us = tick_cycles * passes / CYCLES_PER_US;
  set_part = tick_cycles * passes % CYCLES_PER_US;
  part = 0;
  pass = 0;
  set_us = now;
  TCCR1A = 0;
  TCCR1B = _BV(WGM12);
  OCR1A = counts - 1;
  TCNT1 = 0;
  TIFR1 = _BV(OCF1A);
  TIMSK1 = _BV(OCIE1A);
  TCCR1B = _BV(WGM12) | (choice + 1);
  sei();
  adc_divider_bits = bits;
}

// CPU cycles of a set: its rate is TICKS_PER_SECOND over this.
static uint32_t sampler_period() { return tick_cycles * passes; }

// From a set's trigger to the middle of channel i's conversions, in 0.1 µs: the tick's interrupt, half
// a clock until the ADC's next edge, the channels before it, the sample-and-hold (1.5 clocks), half
// the span of the passes.
static uint16_t sampler_skew(uint8_t i) {
  const uint8_t tick_latency = 60;
  uint32_t cycles = tick_latency + (2UL << adc_divider_bits) +
                    conversion_cycles(adc_divider_bits) * static_cast<uint32_t>(i) +
                    tick_cycles / 2 * (passes - 1);
  uint32_t tenths = cycles * 10 / CYCLES_PER_US;
  return tenths > 0xFFFF ? 0xFFFF : tenths;
}

// Inputs of the ADC besides the pins.
enum : uint8_t { THERMOMETER_INPUT = 0x08, BAND_GAP_INPUT = 0x0E, GROUND_INPUT = 0x0F };

static uint8_t sampler_mux(uint8_t pin) {
  if (test_signal == EFP_GROUND) pin = GROUND_INPUT;
  if (test_signal == EFP_BAND_GAP) pin = BAND_GAP_INPUT;
  return _BV(REFS0) | pin;
}

static void sampler_start(const uint8_t *pins) {
  for (uint8_t i = 0; i < channels; i++) mux[i] = sampler_mux(pins[i]);
  for (uint8_t i = 0; i < channels; i++) mux_after[i] = mux[i + 1 == channels ? 0 : i + 1];
  frames_begin();
  ADMUX = mux[0];
  adc_begin(adc_divider_bits);
  scan_prepare(0);
  _delay_us(100);  // the band-gap needs that long behind the multiplexer
  uint32_t now = clock_us();
  cli();
  // The next tick is the first set's trigger, and the board clock goes on as it went.
  pass = passes - 1;
  part = 0;
  set_us = now - pass * tick_cycles / CYCLES_PER_US;
  TCNT1 = 0;
  TIFR1 = _BV(OCF1A);
  GPIOR0 = RUN;
  sei();
}

static void sampler_stop() {
  GPIOR0 &= ~RUN;
  while (GPIOR0 & SCAN) {
  }
  adc_end();
}

static inline void sampler_step() {}

static uint16_t sampler_missed() {
  uint8_t sreg = SREG;
  cli();
  uint16_t missed = ticks_missed;
  SREG = sreg;
  return missed;
}

// The supply, which is the ADC's reference, in mV; 0 when the measurement cannot be right. The
// error is the band-gap's: up to a tenth, the same at every measurement of one chip.
static uint16_t measure_supply() {
  const uint8_t settling = 16, conversions = 64;
  ADMUX = _BV(REFS0) | BAND_GAP_INPUT;
  adc_begin(7);
  _delay_ms(1);
  for (uint8_t i = 0; i < settling; i++) convert_now();
  uint32_t sum = conversions / 2;  // a code stands for the middle of its step
  for (uint8_t i = 0; i < conversions; i++) sum += convert_now();
  adc_end();
  uint32_t mv = EM_BANDGAP_MV * 1024 * conversions / sum;
  return mv >= 2500 && mv <= 5800 ? mv : 0;
}

// Something that differs between chips and between moments: the converter's lowest bits on inputs
// that nobody holds, the factory's bytes, a timer that ran while they were read.
static uint16_t sampler_noise(uint8_t i) {
  ADMUX = _BV(REFS0) | (i & 1 ? i >> 1 & 7 : uint8_t{THERMOMETER_INPUT});
  adc_begin(5);  // too fast to be exact, which is what is wanted
  uint8_t factory = boot_signature_byte_get(0x0E + i % 10);
  uint16_t code = convert_now();
  adc_end();
  return code + (static_cast<uint16_t>(factory ^ OSCCAL) << 8) + TCNT0;
}

// ---- The wire ----

static const uint16_t UBRR = (F_CPU / 4 / EM_BAUD - 1) / 2;
static const uint32_t REAL_BAUD = F_CPU / 8 / (UBRR + 1UL);

static uint8_t received[64];
static volatile uint8_t received_head, received_tail;

static const uint8_t UART_ON = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);

ISR(USART_UDRE_vect) {
  UCSR0B = UART_ON;  // not again while it runs ...
  sei();             // ... but the converter must not wait for it
  uint8_t tail = ring_tail;
  UDR0 = ring[tail++];
  ring_tail = tail;
  cli();
  if (tail != ring_head) UCSR0B = UART_ON | _BV(UDRIE0);
}

ISR(USART_RX_vect) {
  uint8_t byte = UDR0;
  uint8_t head = received_head;
  uint8_t next = (head + 1) & (sizeof received - 1);
  if (next == received_tail) return;  // full: the checksum of its frame will tell
  received[head] = byte;
  received_head = next;
}

void port_transmit() { UCSR0B = UART_ON | _BV(UDRIE0); }

static bool port_receive(uint8_t &byte) {
  uint8_t tail = received_tail;
  if (tail == received_head) return false;
  byte = received[tail];
  received_tail = (tail + 1) & (sizeof received - 1);
  return true;
}

// ---- The chip ----

static bool port_restarted;

static void port_begin() {
  // A boot loader may have cleared the cause; then nothing is claimed.
  uint8_t cause = MCUSR;
  MCUSR = 0;
  wdt_disable();
  port_restarted = (cause & (_BV(WDRF) | _BV(BORF))) && !(cause & _BV(PORF));
  cli();
  ADCSRA = 0;  // Arduino's core leaves it on
  TIMSK0 = 0;  // Arduino's millisecond interrupt would delay ours
  UCSR0A = _BV(U2X0);
  UBRR0 = UBRR;
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = UART_ON;
  DIDR0 = 0x3F;  // no digital inputs on the analog pins: they add noise
  GPIOR0 = 0;
  set_sleep_mode(SLEEP_MODE_IDLE);
  sleep_enable();
  sei();
}

extern uint8_t __heap_start;
static uint16_t port_free_ram() {
  uint8_t here;
  return &here - &__heap_start;
}

// The clock's byte that changes every 65 ms: what is due by time need not be looked for more often.
static inline uint8_t clock_mark() { return reinterpret_cast<const volatile uint8_t *>(&set_us)[2]; }

static uint8_t mark_seen;
static uint8_t data_room;  // room that a DATA frame needs in the ring

static inline bool port_work() {
  return received_head != received_tail || clock_mark() != mark_seen ||
         (frame_waits && ring_room() >= data_room);
}

// Wait until there is something to do; not at all while an answer waits for room in the ring. While
// the converter is on the CPU stays awake: to fall asleep would start a conversion of its own (data
// sheet, "ADC Noise Canceler"), in the way of the next tick's.
static void port_idle(bool answer_waits) {
  if (answer_waits) return;
  if (GPIOR0 & RUN) {
    GPIOR0 |= WAITING;  // for whoever measures the load
    while (!port_work()) {
    }
    GPIOR0 &= ~WAITING;
    return;
  }
  for (;;) {
    cli();
    if (port_work()) break;
    sei();  // takes effect after the next instruction: no interrupt can slip between
    sleep_cpu();
  }
  sei();
}
