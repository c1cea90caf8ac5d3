/* Who this board is, across power cycles: its id, how often it booted, the epoch it was in.
 * EEPROM: 0 boots u16, 2 id u32, 6 check u16, then at 16 the epoch, in a cell that the boot count
 * chooses: an EEPROM cell bears 100 000 writes, and the epoch moves at every SET and START (P2.3).
 */
#pragma once

#include "efp.h"

static uint32_t board_id;
static uint16_t boot_count;

#if defined(__AVR__)
#include <avr/eeprom.h>

struct Identity {
  uint16_t boots;
  uint32_t id;
  uint16_t check;
};
static Identity *const IDENTITY_AT = reinterpret_cast<Identity *>(0);
static const uint16_t EPOCHS_AT = 16;
static const uint8_t EPOCH_CELLS = 16;

static uint8_t *epoch_cell(uint16_t boots) {
  return reinterpret_cast<uint8_t *>(EPOCHS_AT + boots % EPOCH_CELLS);
}

static uint16_t identity_check(uint32_t id) {
  uint16_t crc = EFP_CRC_START;
  for (uint8_t i = 0; i < 4; i++) crc = efp_crc(crc, static_cast<uint8_t>(id >> 8 * i));
  return crc;
}

static uint32_t identity_invent() {
  uint32_t hash = 2166136261UL;  // FNV-1a
  for (uint16_t i = 0; i < 256; i++) {
    uint16_t noise = sampler_noise(i);
    hash = (hash ^ (noise & 0xFF)) * 16777619UL;
    hash = (hash ^ (noise >> 8)) * 16777619UL;
  }
  return hash ? hash : 1;
}

static void epoch_next() {
  epoch++;
  eeprom_update_byte(epoch_cell(boot_count), epoch);
}

static void identity_load() {
  Identity stored;
  eeprom_read_block(&stored, IDENTITY_AT, sizeof stored);
  if (stored.id == 0 || stored.check != identity_check(stored.id)) {
    // Never booted with this firmware: whatever else the EEPROM holds is not ours.
    stored.id = identity_invent();
    stored.check = identity_check(stored.id);
    stored.boots = 0;
    eeprom_update_byte(epoch_cell(0), 0);
  }
  epoch = eeprom_read_byte(epoch_cell(stored.boots));
  stored.boots++;
  eeprom_update_block(&stored, IDENTITY_AT, sizeof stored);
  board_id = stored.id;
  boot_count = stored.boots;
  epoch_next();
}

#else
// Nothing here survives a power cycle: the id is the chip's own where the platform tells it, else
// EM_BOARD_ID; epoch and boot count begin at noise, so that a restart is still seen as one.
#ifndef EM_BOARD_ID
#define EM_BOARD_ID 1UL
#endif
#if defined(ARDUINO_ARCH_ESP32)
static uint32_t platform_id() { return static_cast<uint32_t>(ESP.getEfuseMac() >> 16); }
#elif defined(ARDUINO_ARCH_RP2040)
#include <pico/unique_id.h>
static uint32_t platform_id() {
  pico_unique_board_id_t whole;
  pico_get_unique_board_id(&whole);
  uint32_t id;
  memcpy(&id, whole.id + sizeof whole.id - sizeof id, sizeof id);
  return id;
}
#else
static uint32_t platform_id() { return EM_BOARD_ID; }
#endif

static void epoch_next() { epoch++; }

static void identity_load() {
  board_id = platform_id() ? platform_id() : EM_BOARD_ID;
  boot_count = EFP_CRC_START;
  for (uint8_t i = 0; i < 64; i++) boot_count = efp_crc(boot_count, static_cast<uint8_t>(sampler_noise(i)));
  epoch = static_cast<uint8_t>(boot_count);
  epoch_next();
}
#endif
