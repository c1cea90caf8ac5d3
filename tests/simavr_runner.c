/* Runs an ATmega328P firmware in simavr, so that tests can see what no board shows: the cycle at
 * which every conversion starts, the voltage that it saw, the cycle of every byte on the wire.
 *
 * What it puts in place of simavr 1.6:
 *   - converter: the data sheet's floor(V x 1024 / Vref) of the voltage at the cycle at which the
 *     conversion starts (simavr: whole mV, x 1023, taken when ADCL is read)
 *   - with --adc-phase P: a conversion starts at the next edge of the ADC's clock; edges lie P cycles,
 *     modulo the ADC's divider, behind the last restart of Timer1 (simavr: it starts at once)
 *   - a conversion that ended with its interrupt off interrupts as soon as it is on (simavr: never)
 *   - sleep with the converter on and at rest starts a conversion on a chip (simavr: not); no firmware
 *     here wants that, so it ends the run as an error
 *   - interrupt entry takes 4 cycles, 8 out of sleep (simavr: none)
 *   - a UART byte takes 10 bits (simavr: 11)
 *   - a conversion can be held up (--stall-at) to force a missed tick, and the wire slowed down
 *     (--slow-wire-at) to fill the firmware's buffer: faults that a real chip hardly has
 *
 * The UART is a file of bytes with their cycles, and a script of bytes to the chip at given cycles
 * (--script; fast and deterministic), or a pseudo-terminal paced to the wall clock (--pty), which
 * blocks and never drops while somebody has it open; closed, bytes go nowhere, as on a real port.
 * The CPU is idle when it sleeps, and outside of interrupts while bit 7 of GPIOR0 is set.
 * Not simulated: noise and settling of the converter, the boot loader (--boot holds the chip for
 * its time instead), the USB chip, the resonator's error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <simavr/avr_adc.h>
#include <simavr/avr_eeprom.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <simavr/sim_io.h>

DEFINE_FIFO(uint16_t, uart_fifo);

enum { GPIOR0 = 0x3E, ADCL = 0x78, ADCH = 0x79, ADCSRA = 0x7A, ADMUX = 0x7C, MCUSR = 0x54, TCNT1L = 0x84, UBRR0L = 0xC4, FREQUENCY = 16000000 };
enum { PINS = 8, BAND_GAP = 14, GROUND = 15, MUXES = 16 };
enum { ADIE = 1 << 3, ADIF = 1 << 4, ADSC = 1 << 6, ADEN = 1 << 7, WAITING = 1 << 7 };

static struct {
	const char *elf, *pins, *script, *conversions, *bytes, *idle, *eeprom;
	double seconds, pin_hz, band_gap_mv, supply_mv, boot_s;
	int pin_columns, adc_phase, reset_on_open, reset_cause;
	bool pty, linear;
	uint64_t stall_at, stall_cycles, slow_wire_at, slow_wire_cycles;
} option = {.seconds = 1, .band_gap_mv = 1100, .supply_mv = 5000, .adc_phase = -1, .stall_at = UINT64_MAX};

static avr_t *avr;
static avr_uart_t *uart;
static avr_adc_t *adc;
static avr_irq_t *uart_input;

static void fail(const char *what, const char *detail) {
	fprintf(stderr, "simavr_runner: %s: %s\n", what, detail);
	exit(1);
}

static FILE *open_file(const char *path, const char *mode) {
	if (!path) return NULL;
	FILE *file = fopen(path, mode);
	if (!file) fail(path, strerror(errno));
	setvbuf(file, NULL, _IOFBF, 1 << 16);
	return file;
}

/* ---- Voltages ---- */

static const float *pin_mv;
static uint64_t pin_rows;

/* The file is read as the chip gets there: rows ahead of it may still be written, by a wearer who obeys. */
static void load_pins(void) {
	FILE *file = open_file(option.pins, "rb");
	if (!file) return;
	fseek(file, 0, SEEK_END);
	long size = ftell(file);
	pin_rows = size / sizeof(float) / option.pin_columns;
	if (!pin_rows) fail(option.pins, "holds no voltages");
	pin_mv = mmap(NULL, size, PROT_READ, MAP_SHARED, fileno(file), 0);
	if (pin_mv == MAP_FAILED) fail(option.pins, "cannot be read");
	fclose(file);
}

/* The voltage of a multiplexer input at a cycle. Behind its last row the pin file begins anew. */
static double millivolts(unsigned input, uint64_t cycle) {
	if (input == BAND_GAP) return option.band_gap_mv;
	if (input == GROUND) return 0;
	if (!pin_rows || input >= (unsigned)option.pin_columns) return option.supply_mv / 2;
	double at = cycle * option.pin_hz / FREQUENCY;
	uint64_t row = (uint64_t)at;
	double here = pin_mv[row % pin_rows * option.pin_columns + input];
	if (!option.linear) return here;
	double next = pin_mv[(row + 1) % pin_rows * option.pin_columns + input];
	return here + (next - here) * (at - row);
}

static uint16_t convert(double mv) {
	double code = floor(mv * 1024 / option.supply_mv);
	return code < 0 ? 0 : code > 1023 ? 1023 : (uint16_t)code;
}

/* ---- The converter ---- */

struct conversion {
	uint64_t asked, started; /* cycle at which the firmware set ADSC; at which the conversion began */
	float mv;
	uint16_t code;
	uint8_t input, read;
} __attribute__((packed));

static FILE *conversion_log;
static struct conversion conversion;
static bool conversion_open;
static uint64_t conversion_count;
static avr_io_write_t write_adcsra, write_tcnt1;
static avr_io_read_t read_adcl, read_adch;
static void *adcsra_param, *adc_param, *tcnt1_param;
static uint64_t timer_restart;
static bool start_waits, flag_unserved;
static uint8_t waiting_value;

static void close_conversion(void) {
	if (conversion_open && conversion_log) fwrite(&conversion, sizeof conversion, 1, conversion_log);
	conversion_open = false;
}

static void begin_conversion(uint8_t value, uint64_t asked) {
	close_conversion();
	unsigned input = avr->data[ADMUX] & 15;
	double mv = millivolts(input, avr->cycle);
	conversion = (struct conversion){asked, avr->cycle, mv, convert(mv), input, 0};
	conversion_open = true;
	conversion_count++;
	if (!(value & ADIE)) flag_unserved = true; /* its end sets the flag, and nobody will clear it */
	write_adcsra(avr, ADCSRA, value, adcsra_param);
}

static avr_cycle_count_t start_is_due(avr_t *a, avr_cycle_count_t when, void *param) {
	(void)a, (void)when, (void)param;
	if (!start_waits) return 0;
	start_waits = false;
	avr->data[ADCSRA] &= ~ADSC; /* shown set while it waited; simavr starts only on a change */
	begin_conversion(waiting_value, conversion.asked);
	return 0;
}

static uint64_t cycles_to_wait(uint8_t value) {
	uint64_t wait = 0;
	if (option.adc_phase >= 0) {
		unsigned bits = value & 7;
		uint64_t divider = 1u << (bits ? bits : 1);
		uint64_t since = (avr->cycle - timer_restart + divider - option.adc_phase % divider) % divider;
		wait = since ? divider - since : 0;
	}
	if (conversion_count == option.stall_at) wait += option.stall_cycles;
	return wait;
}

static void set_adcsra(avr_t *a, avr_io_addr_t address, uint8_t value) {
	bool busy = a->data[ADCSRA] & ADSC;
	if (!(value & ADEN)) start_waits = false;
	if (busy || !(value & ADEN) || !(value & ADSC)) {
		write_adcsra(a, address, value, adcsra_param);
		return;
	}
	uint64_t wait = cycles_to_wait(value);
	if (!wait) {
		begin_conversion(value, a->cycle);
		return;
	}
	close_conversion();
	conversion.asked = a->cycle;
	start_waits = true;
	waiting_value = value;
	write_adcsra(a, address, value & ~ADSC, adcsra_param);
	a->data[ADCSRA] |= ADSC;
	avr_cycle_timer_register(a, wait, start_is_due, NULL);
}

static void on_adcsra(avr_t *a, avr_io_addr_t address, uint8_t value, void *param) {
	(void)param;
	bool flagged = flag_unserved && !(value & ADIF);
	flag_unserved = false;
	set_adcsra(a, address, value & ~ADIF);
	if (!flagged) return;
	if (value & ADIE) avr_raise_interrupt(a, &adc->adc);
	else flag_unserved = true;
}

static uint8_t on_adcl(avr_t *a, avr_io_addr_t address, void *param) {
	(void)param;
	read_adcl(a, address, adc_param);
	a->data[ADCL] = conversion.code & 255;
	a->data[ADCH] = conversion.code >> 8;
	conversion.read = 1;
	return a->data[ADCL];
}

static uint8_t on_adch(avr_t *a, avr_io_addr_t address, void *param) {
	(void)param;
	if (!conversion.read) on_adcl(a, ADCL, NULL);
	read_adch(a, address, adc_param);
	a->data[ADCH] = conversion.code >> 8;
	return a->data[ADCH];
}

static void on_tcnt1(avr_t *a, avr_io_addr_t address, uint8_t value, void *param) {
	(void)param;
	timer_restart = a->cycle;
	write_tcnt1(a, address, value, tcnt1_param);
}

static void take_over_adc(void) {
	for (avr_io_t *io = avr->io_port; io; io = io->next)
		if (io->kind && !strcmp(io->kind, "adc")) adc = (avr_adc_t *)io;
	if (!adc) fail("simavr", "has no converter");
	int sra = AVR_DATA_TO_IO(ADCSRA), low = AVR_DATA_TO_IO(ADCL), high = AVR_DATA_TO_IO(ADCH);
	int timer = AVR_DATA_TO_IO(TCNT1L);
	write_tcnt1 = avr->io[timer].w.c;
	tcnt1_param = avr->io[timer].w.param;
	avr->io[timer].w.c = on_tcnt1;
	write_adcsra = avr->io[sra].w.c;
	adcsra_param = avr->io[sra].w.param;
	avr->io[sra].w.c = on_adcsra;
	read_adcl = avr->io[low].r.c;
	read_adch = avr->io[high].r.c;
	adc_param = avr->io[low].r.param;
	avr->io[low].r.c = on_adcl;
	avr->io[high].r.c = on_adch;
}

/* ---- Cycles idle, and in interrupts ---- */

static uint64_t idle, in_interrupts, interrupt_began, wait_began, wait_interrupts;
static bool slept;
static unsigned depth, lowest_stack = 0xFFFF;
static FILE *idle_log;

static void on_sleep(avr_t *a, avr_cycle_count_t cycles) {
	bool converter_rests = (a->data[ADCSRA] & (ADEN | ADSC)) == ADEN;
	if (!slept && converter_rests) fail("the firmware", "sleeps with the converter on and at rest");
	idle += cycles + 1;
	slept = true;
}

static void on_interrupt(avr_irq_t *irq, uint32_t value, void *param) {
	(void)irq, (void)param;
	if (value) {
		if (depth++ == 0) interrupt_began = avr->cycle;
		unsigned stack = avr->data[R_SPL] | avr->data[R_SPH] << 8;
		if (stack < lowest_stack) lowest_stack = stack;
		avr->cycle += slept ? 8 : 4;
		slept = false;
	} else if (depth && --depth == 0) {
		in_interrupts += avr->cycle - interrupt_began;
	}
}

static void on_gpior0(avr_t *a, avr_io_addr_t address, uint8_t value, void *param) {
	(void)param;
	bool was = a->data[address] & WAITING, is = value & WAITING;
	a->data[address] = value;
	if (is && !was) {
		wait_began = a->cycle;
		wait_interrupts = in_interrupts;
	} else if (was && !is) {
		idle += a->cycle - wait_began - (in_interrupts - wait_interrupts);
	}
}

static avr_cycle_count_t log_idle(avr_t *a, avr_cycle_count_t when, void *param) {
	(void)a, (void)param;
	uint64_t row[3] = {when, idle, in_interrupts};
	fwrite(row, sizeof row, 1, idle_log);
	return when + FREQUENCY / 100;
}

static void watch_interrupts(void) {
	for (int i = 0; i < avr->interrupts.vector_count; i++) {
		avr_int_vector_t *vector = avr->interrupts.vector[i];
		avr_irq_register_notify(&vector->irq[AVR_INT_IRQ_RUNNING], on_interrupt, vector);
	}
}

/* ---- The UART ---- */

static FILE *byte_log, *script;
static unsigned deepest_input, overruns;
static avr_io_write_t write_ubrr;
static void *ubrr_param;
static int pty = -1;
static uint8_t pty_out[65536];
static unsigned pty_out_size;

static void on_ubrr(avr_t *a, avr_io_addr_t address, uint8_t value, void *param) {
	(void)param;
	write_ubrr(a, address, value, ubrr_param);
	uart->cycles_per_byte = uart->cycles_per_byte / 11 * 10;
}

enum { SLOWER = 100 };

static avr_cycle_count_t change_wire(avr_t *a, avr_cycle_count_t when, void *param) {
	static bool slow;
	(void)a, (void)param;
	slow = !slow;
	uart->cycles_per_byte = slow ? uart->cycles_per_byte * SLOWER : uart->cycles_per_byte / SLOWER;
	return slow ? when + option.slow_wire_cycles : 0;
}

static void on_output(avr_irq_t *irq, uint32_t value, void *param) {
	(void)irq, (void)param;
	if (byte_log) {
		uint64_t row[2] = {avr->cycle, value & 255};
		fwrite(row, sizeof row, 1, byte_log);
	}
	if (pty >= 0 && pty_out_size < sizeof pty_out) pty_out[pty_out_size++] = value;
}

static void give_byte(uint8_t byte) {
	unsigned waiting = uart_fifo_get_read_size(&uart->input);
	if (waiting > deepest_input) deepest_input = waiting;
	if (waiting > 2) overruns++; /* a real receiver holds two bytes and the one that comes in */
	if (!uart_fifo_isfull(&uart->input)) avr_raise_irq(uart_input, byte);
}

/* Script: rows of (u64 cycle, u64 byte), in order. */
static avr_cycle_count_t next_script_byte(avr_t *a, avr_cycle_count_t when, void *param) {
	static uint64_t row[2];
	static bool held;
	(void)a, (void)param;
	if (held && row[0] <= when) {
		give_byte(row[1]);
		held = false;
	}
	if (!held && fread(row, sizeof row, 1, script) != 1) return 0;
	held = true;
	return row[0] > when ? row[0] : when + 1;
}

static void take_over_uart(void) {
	for (avr_io_t *io = avr->io_port; io; io = io->next)
		if (io->kind && !strcmp(io->kind, "uart")) uart = (avr_uart_t *)io;
	if (!uart) fail("simavr", "has no UART");
	uint32_t flags = 0;
	avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
	int ubrr = AVR_DATA_TO_IO(UBRR0L);
	write_ubrr = avr->io[ubrr].w.c;
	ubrr_param = avr->io[ubrr].w.param;
	avr->io[ubrr].w.c = on_ubrr;
	uart_input = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
	avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_output, NULL);
}

/* ---- Wall clock and pseudo-terminal ---- */

enum { STEP = FREQUENCY / 1000 };
static struct timespec anchor;
static uint64_t anchor_cycle;
static bool pty_open, leave, reset_wanted;
static int openings = -1;

static int64_t ns_since(const struct timespec *then) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - then->tv_sec) * 1000000000LL + now.tv_nsec - then->tv_nsec;
}

static void set_anchor(void) {
	clock_gettime(CLOCK_MONOTONIC, &anchor);
	anchor_cycle = avr->cycle;
}

static void nap(int64_t ns) {
	struct timespec time = {ns / 1000000000LL, ns % 1000000000LL};
	nanosleep(&time, NULL);
}

/* Wait until the wall clock is where the chip is. A chip that fell behind catches up, unless by
 * more than 2 s: then its clock has stood still for the difference. */
static void keep_pace(void) {
	int64_t ahead = (int64_t)((avr->cycle - anchor_cycle) * (1e9 / FREQUENCY)) - ns_since(&anchor);
	if (ahead > 0) nap(ahead);
	if (ahead < -2000000000LL) set_anchor();
}

static bool parent_left(void) {
	struct pollfd in = {.fd = 0, .events = POLLIN};
	char byte;
	return poll(&in, 1, 0) > 0 && read(0, &byte, 1) <= 0;
}

static void flush_pty(void) {
	unsigned sent = 0;
	while (sent < pty_out_size && pty_open && !leave) {
		ssize_t wrote = write(pty, pty_out + sent, pty_out_size - sent);
		if (wrote > 0) {
			sent += wrote;
			continue;
		}
		struct pollfd out = {.fd = pty, .events = POLLOUT};
		poll(&out, 1, 50);
		if (out.revents & POLLHUP) pty_open = false;
		if (parent_left()) leave = true;
	}
	pty_out_size = 0;
}

static void serve_pty(void) {
	struct pollfd state = {.fd = pty, .events = POLLIN};
	poll(&state, 1, 0);
	pty_open = !(state.revents & POLLHUP);
	char events[1024];
	while (read(openings, events, sizeof events) > 0) reset_wanted = option.reset_on_open;
	flush_pty();
	uint8_t in[32];
	unsigned room = uart_fifo_get_write_size(&uart->input);
	if (room > sizeof in) room = sizeof in;
	if (!(state.revents & POLLIN) || !room) return;
	ssize_t got = read(pty, in, room);
	for (ssize_t i = 0; i < got; i++) give_byte(in[i]);
}

static avr_cycle_count_t step_pty(avr_t *a, avr_cycle_count_t when, void *param) {
	(void)a, (void)param;
	serve_pty();
	if (parent_left()) leave = true;
	keep_pace();
	return when + STEP;
}

static void open_pty(void) {
	pty = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (pty < 0 || grantpt(pty) || unlockpt(pty)) fail("pseudo-terminal", strerror(errno));
	const char *path = ptsname(pty);
	int other = open(path, O_RDWR | O_NOCTTY);
	if (other < 0) fail(path, strerror(errno));
	struct termios raw;
	tcgetattr(other, &raw);
	cfmakeraw(&raw);
	tcsetattr(other, TCSANOW, &raw);
	close(other); /* from now on the kernel tells whether somebody has it open */
	openings = inotify_init1(IN_NONBLOCK);
	if (openings < 0 || inotify_add_watch(openings, path, IN_OPEN) < 0) fail(path, strerror(errno));
	printf("%s\n", path);
	fflush(stdout);
}

/* The boot loader's time: the chip does nothing, and what the host sends is lost. */
static void boot(void) {
	avr->cycle += (uint64_t)(option.boot_s * FREQUENCY);
	if (pty < 0) return;
	while (!leave && (int64_t)((avr->cycle - anchor_cycle) * (1e9 / FREQUENCY)) > ns_since(&anchor)) {
		uint8_t lost[256];
		while (read(pty, lost, sizeof lost) > 0) {}
		if (parent_left()) leave = true;
		nap(5000000);
	}
}

/* ---- The chip ---- */

static uint8_t eeprom[1024];

static void load_eeprom(void) {
	memset(eeprom, 0xFF, sizeof eeprom);
	FILE *file = option.eeprom ? fopen(option.eeprom, "rb") : NULL;
	if (file && fread(eeprom, 1, sizeof eeprom, file) != sizeof eeprom) fail(option.eeprom, "is too short");
	if (file) fclose(file);
	avr_eeprom_desc_t all = {.ee = eeprom, .offset = 0, .size = sizeof eeprom};
	avr_ioctl(avr, AVR_IOCTL_EEPROM_SET, &all);
}

static void save_eeprom(void) {
	FILE *file = open_file(option.eeprom, "wb");
	if (!file) return;
	avr_eeprom_desc_t all = {.ee = eeprom, .offset = 0, .size = sizeof eeprom};
	avr_ioctl(avr, AVR_IOCTL_EEPROM_GET, &all);
	fwrite(eeprom, 1, sizeof eeprom, file);
	fclose(file);
}

static void no_log(avr_t *a, const int level, const char *format, va_list args) {
	(void)a, (void)level, (void)format, (void)args;
}

static void make_chip(void) {
	static elf_firmware_t firmware;
	avr_global_logger_set(no_log);
	if (elf_read_firmware(option.elf, &firmware)) fail(option.elf, "is no firmware");
	firmware.frequency = FREQUENCY;
	avr = avr_make_mcu_by_name("atmega328p");
	if (!avr) fail("simavr", "does not know the ATmega328P");
	avr_init(avr);
	avr_load_firmware(avr, &firmware);
	avr->frequency = FREQUENCY;
	avr->vcc = avr->avcc = avr->aref = option.supply_mv;
	avr->sleep = on_sleep;
	avr->data[MCUSR] = option.reset_cause;
	load_eeprom();
	take_over_adc();
	take_over_uart();
	watch_interrupts();
	avr_register_io_write(avr, GPIOR0, on_gpior0, NULL);
}

static void start_timers(void) {
	if (script) avr_cycle_timer_register(avr, 1, next_script_byte, NULL);
	if (idle_log) avr_cycle_timer_register(avr, 1, log_idle, NULL);
	if (pty >= 0) avr_cycle_timer_register(avr, STEP, step_pty, NULL);
	if (option.slow_wire_cycles) avr_cycle_timer_register(avr, option.slow_wire_at, change_wire, NULL);
}

static void restart(void) {
	reset_wanted = false;
	avr_reset(avr); /* cancels every cycle timer */
	start_waits = false;
	start_timers();
	boot();
}

static void run(void) {
	uint64_t end = option.seconds > 0 ? (uint64_t)(option.seconds * FREQUENCY) : UINT64_MAX;
	set_anchor();
	start_timers();
	boot();
	while (avr->cycle < end && !leave) {
		int state = avr_run(avr);
		if (state == cpu_Done || state == cpu_Crashed) fail("the firmware", "stopped or crashed");
		if (reset_wanted) restart();
	}
}

static void parse(int count, char **words) {
	for (int i = 1; i < count; i++) {
		const char *word = words[i];
		if (!strcmp(word, "--pty")) { option.pty = true; continue; }
		if (!strcmp(word, "--linear")) { option.linear = true; continue; }
		if (!strcmp(word, "--reset-on-open")) { option.reset_on_open = true; continue; }
		if (++i == count) fail(word, "needs a value");
		const char *value = words[i];
		if (!strcmp(word, "--elf")) option.elf = value;
		else if (!strcmp(word, "--seconds")) option.seconds = atof(value);
		else if (!strcmp(word, "--pins")) option.pins = value;
		else if (!strcmp(word, "--pin-columns")) option.pin_columns = atoi(value);
		else if (!strcmp(word, "--pin-hz")) option.pin_hz = atof(value);
		else if (!strcmp(word, "--band-gap-mv")) option.band_gap_mv = atof(value);
		else if (!strcmp(word, "--supply-mv")) option.supply_mv = atof(value);
		else if (!strcmp(word, "--adc-phase")) option.adc_phase = atoi(value);
		else if (!strcmp(word, "--stall-at")) option.stall_at = strtoull(value, NULL, 10);
		else if (!strcmp(word, "--stall-cycles")) option.stall_cycles = strtoull(value, NULL, 10);
		else if (!strcmp(word, "--slow-wire-at")) option.slow_wire_at = strtoull(value, NULL, 10);
		else if (!strcmp(word, "--slow-wire-cycles")) option.slow_wire_cycles = strtoull(value, NULL, 10);
		else if (!strcmp(word, "--reset-cause")) option.reset_cause = atoi(value);
		else if (!strcmp(word, "--boot")) option.boot_s = atof(value);
		else if (!strcmp(word, "--script")) option.script = value;
		else if (!strcmp(word, "--conversions")) option.conversions = value;
		else if (!strcmp(word, "--bytes")) option.bytes = value;
		else if (!strcmp(word, "--idle")) option.idle = value;
		else if (!strcmp(word, "--eeprom")) option.eeprom = value;
		else fail(word, "is not an option");
	}
	if (!option.elf) fail("--elf", "is missing");
}

static void on_signal(int number) {
	(void)number;
	leave = true;
}

int main(int count, char **words) {
	parse(count, words);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, on_signal);
	load_pins();
	conversion_log = open_file(option.conversions, "wb");
	byte_log = open_file(option.bytes, "wb");
	idle_log = open_file(option.idle, "wb");
	script = open_file(option.script, "rb");
	make_chip();
	if (option.pty) open_pty();
	run();
	close_conversion();
	save_eeprom();
	if (conversion_log) fclose(conversion_log);
	if (byte_log) fclose(byte_log);
	if (idle_log) fclose(idle_log);
	printf("{\"cycles\": %llu, \"idle\": %llu, \"in_interrupts\": %llu, \"conversions\": %llu, "
	       "\"deepest_input\": %u, \"overruns\": %u, \"lowest_stack\": %u}\n",
	       (unsigned long long)avr->cycle, (unsigned long long)idle, (unsigned long long)in_interrupts,
	       (unsigned long long)conversion_count, deepest_input, overruns, lowest_stack);
	return 0;
}
