//! The registers of the MSP432P401R and of its Cortex-M4 that this board's program uses: addresses, widths and bits.
//!
//! Written from published facts. "header" is TI's msp432p401r.h (in github.com/zephyrproject-rtos/hal_ti,
//! simplelink/source/ti/devices/msp432p4xx/inc), "manual" is TI's MSP432P4xx technical reference manual SLAU356,
//! "Armv7-M" Arm's DDI0403. Each block names the type or macro of the header that holds the same fact.
//!
//! Invariant: a register is accessed with its own width only; the emulated board refuses any other.
#pragma once

#include <cstdint>

namespace dynbal::board {

template <typename Word>
struct Register {
    uint32_t address;

    Word read() const { return *reinterpret_cast<volatile Word*>(address); }
    void write(uint32_t value) const { *reinterpret_cast<volatile Word*>(address) = static_cast<Word>(value); }
    void set(uint32_t bits) const { write(read() | bits); }
    void clear(uint32_t bits) const { write(read() & ~bits); }
};

/// Watchdog (header WDT_A_Type at WDT_A_BASE; manual, chapter "Watchdog Timer").
namespace watchdog {
inline constexpr Register<uint16_t> control{0x4000480C};
inline constexpr uint32_t password = 0x5A00;  // WDT_A_CTL_PW
inline constexpr uint32_t hold = 0x0080;      // WDT_A_CTL_HOLD
}  // namespace watchdog

/// Power control manager (header PCM_Type at PCM_BASE; manual, chapter "Power Control Manager").
namespace power_control {
inline constexpr Register<uint32_t> control0{0x40010000};
inline constexpr Register<uint32_t> control1{0x40010004};
inline constexpr Register<uint32_t> flags{0x4001000C};
inline constexpr uint32_t key = 0x695A0000;             // PCM_CTL0_KEY_VAL
inline constexpr uint32_t request_ldo_vcore1 = 0x1;     // PCM_CTL0_AMR_1
inline constexpr uint32_t current_mode_mask = 0x3F00;   // PCM_CTL0_CPM_MASK
inline constexpr uint32_t current_ldo_vcore1 = 0x0100;  // PCM_CTL0_CPM_1
inline constexpr uint32_t busy = 0x0100;                // PCM_CTL1_PMR_BUSY
inline constexpr uint32_t invalid_transition = 0x0004;  // PCM_IFG_AM_INVALID_TR_IFG
}  // namespace power_control

/// Flash controller (header FLCTL_Type at FLCTL_BASE; manual, chapter "Flash Controller").
namespace flash_control {
inline constexpr Register<uint32_t> bank0_read{0x40011010};
inline constexpr Register<uint32_t> bank1_read{0x40011014};
inline constexpr uint32_t wait_mask = 0xF000;          // FLCTL_BANK0_RDCTL_WAIT_MASK
inline constexpr uint32_t one_wait_state = 0x1000;     // FLCTL_BANK0_RDCTL_WAIT_1
inline constexpr uint32_t buffer_instructions = 0x10;  // FLCTL_BANK0_RDCTL_BUFI
inline constexpr uint32_t buffer_data = 0x20;          // FLCTL_BANK0_RDCTL_BUFD
}  // namespace flash_control

/// Clock system (header CS_Type at CS_BASE; manual, chapter "Clock System").
namespace clock_system {
inline constexpr Register<uint32_t> key{0x40010400};
inline constexpr Register<uint32_t> control0{0x40010404};
inline constexpr Register<uint32_t> control1{0x40010408};
inline constexpr Register<uint32_t> status{0x40010434};
inline constexpr uint32_t unlock = 0x695A;                  // CS_KEY_VAL
inline constexpr uint32_t dco_3_mhz = 0x00010000;           // CS_CTL0_DCORSEL_1, as after reset
inline constexpr uint32_t dco_48_mhz = 0x00050000;          // CS_CTL0_DCORSEL_5, tuning 0: centre of its range
inline constexpr uint32_t mclk_from_dco = 0x00000003;       // CS_CTL1_SELM__DCOCLK, divided by 1
inline constexpr uint32_t smclk_from_dco = 0x00000030;      // CS_CTL1_SELS__DCOCLK; HSMCLK too, divided by 1
inline constexpr uint32_t aclk_from_refo = 0x00000200;      // CS_CTL1_SELA__REFOCLK
inline constexpr uint32_t smclk_divided_by_2 = 0x10000000;  // CS_CTL1_DIVS__2
inline constexpr uint32_t mclk_ready = 0x02000000;          // CS_STAT_MCLK_READY
inline constexpr uint32_t smclk_ready = 0x08000000;         // CS_STAT_SMCLK_READY
}  // namespace clock_system

/// eUSCI_A0 as UART (header EUSCI_A_Type at EUSCI_A0_BASE; manual, chapter "eUSCI - UART Mode").
namespace uart {
inline constexpr Register<uint16_t> control{0x40001000};
inline constexpr Register<uint16_t> divider{0x40001006};
inline constexpr Register<uint16_t> modulation{0x40001008};
inline constexpr Register<uint16_t> status{0x4000100A};
inline constexpr Register<uint16_t> transmit{0x4000100E};
inline constexpr Register<uint16_t> flags{0x4000101C};
inline constexpr uint32_t reset = 0x0001;           // EUSCI_A_CTLW0_SWRST
inline constexpr uint32_t clock_smclk = 0x0080;     // EUSCI_A_CTLW0_SSEL__SMCLK; all other bits 0: 8N1, low bit first
inline constexpr uint32_t oversampling = 0x0001;    // EUSCI_A_MCTLW_OS16; UCBRF from bit 4, UCBRS from bit 8
inline constexpr uint32_t busy = 0x0001;            // EUSCI_A_STATW_BUSY
inline constexpr uint32_t transmit_empty = 0x0002;  // EUSCI_A_IFG_TXIFG
}  // namespace uart

/// eUSCI_B0 as SPI (header EUSCI_B_SPI_Type at EUSCI_B0_SPI_BASE; manual, chapter "eUSCI - SPI Mode").
namespace spi {
inline constexpr Register<uint16_t> control{0x40002000};
inline constexpr Register<uint16_t> divider{0x40002006};
inline constexpr Register<uint16_t> status{0x40002008};
inline constexpr Register<uint16_t> receive{0x4000200C};
inline constexpr Register<uint16_t> transmit{0x4000200E};
inline constexpr Register<uint16_t> flags{0x4000202C};
inline constexpr uint32_t reset = 0x0001;           // EUSCI_B_CTLW0_SWRST
inline constexpr uint32_t clock_smclk = 0x0080;     // EUSCI_B_CTLW0_SSEL__SMCLK
inline constexpr uint32_t synchronous = 0x0100;     // EUSCI_B_CTLW0_SYNC; UCMODE 0: three pins
inline constexpr uint32_t master = 0x0800;          // EUSCI_B_CTLW0_MST
inline constexpr uint32_t msb_first = 0x2000;       // EUSCI_B_CTLW0_MSB
inline constexpr uint32_t capture_first = 0x8000;   // EUSCI_B_CTLW0_CKPH; with UCCKPL 0 this is SPI mode 0
inline constexpr uint32_t busy = 0x0001;            // EUSCI_B_STATW_SPI_BUSY
inline constexpr uint32_t overrun = 0x0020;         // EUSCI_B_STATW_OE
inline constexpr uint32_t receive_full = 0x0001;    // EUSCI_B_IFG_RXIFG
inline constexpr uint32_t transmit_empty = 0x0002;  // EUSCI_B_IFG_TXIFG
}  // namespace spi

/// uDMA (header DMA_Channel_Type at DMA_BASE, DMA_Control_Type at DMA_BASE + 0x1000; manual, chapter "DMA"). The bits
/// of a descriptor are in TI's driverlib/dma.h beside the header (UDMA_..., DMA_CH0_EUSCIB0TX0).
namespace dma {
inline constexpr Register<uint32_t> source_of_channel0{0x4000E010};
inline constexpr Register<uint32_t> source_of_channel1{0x4000E014};
inline constexpr Register<uint32_t> configuration{0x4000F004};
inline constexpr Register<uint32_t> table_base{0x4000F008};
inline constexpr Register<uint32_t> request_mask_clear{0x4000F024};
inline constexpr Register<uint32_t> enable_set{0x4000F028};
inline constexpr Register<uint32_t> enable_clear{0x4000F02C};
inline constexpr Register<uint32_t> alternate_clear{0x4000F034};
inline constexpr Register<uint32_t> bus_error{0x4000F04C};
inline constexpr uint32_t master_enable = 1;            // DMA_CFG_MASTEN
inline constexpr uint32_t source_spi_b0 = 2;            // DMA_CH0_EUSCIB0TX0 and DMA_CH1_EUSCIB0RX0, bits 31..24
inline constexpr uint32_t transmit_channel = 1U << 0U;  // channel 0 carries TX, channel 1 RX
inline constexpr uint32_t receive_channel = 1U << 1U;
inline constexpr uint32_t items_max = 1024;        // MAX_DMA_TRANSFER_AMOUNT of TI's SPIMSP432DMA.c
inline constexpr uint32_t table_alignment = 1024;  // demanded by DMA_setControlBase()

/// One channel's entry of the control table. Addresses are those of the last item.
struct Descriptor {
    uint32_t source_end;
    uint32_t target_end;
    uint32_t control;
    uint32_t unused;
};
inline constexpr uint32_t keep_target = 0xC0000000;  // UDMA_DST_INC_NONE
inline constexpr uint32_t keep_source = 0x0C000000;  // UDMA_SRC_INC_NONE
inline constexpr uint32_t count_position = 4;        // field: items - 1. Sizes 8 bits, one item a request: zeros
inline constexpr uint32_t mode_basic = 1;            // UDMA_MODE_BASIC
}  // namespace dma

/// Port registers: odd ports are the low bytes, even ports the high bytes of a pair (header DIO_PORT_Odd_... and
/// DIO_PORT_Even_Interruptable_Type, P1 to P10 at DIO_BASE; manual, chapter "Digital I/O").
struct Port {
    uint32_t base;

    constexpr Register<uint8_t> in() const { return {base}; }
    constexpr Register<uint8_t> out() const { return {base + 0x02}; }
    constexpr Register<uint8_t> direction() const { return {base + 0x04}; }
    constexpr Register<uint8_t> resistor() const { return {base + 0x06}; }
    constexpr Register<uint8_t> select0() const { return {base + 0x0A}; }
    constexpr Register<uint8_t> select1() const { return {base + 0x0C}; }
};
inline constexpr Port port1{0x40004C00};
inline constexpr Port port2{0x40004C01};
inline constexpr Port port4{0x40004C21};
inline constexpr Port port5{0x40004C40};

/// System timer (Armv7-M, B3.3) and fault status (B3.2.4, B3.2.15, B3.2.16).
namespace core {
inline constexpr Register<uint32_t> systick_control{0xE000E010};
inline constexpr Register<uint32_t> systick_reload{0xE000E014};
inline constexpr Register<uint32_t> systick_value{0xE000E018};
inline constexpr Register<uint32_t> interrupt_control{0xE000ED04};
inline constexpr Register<uint32_t> configurable_faults{0xE000ED28};
inline constexpr Register<uint32_t> hard_faults{0xE000ED2C};
inline constexpr uint32_t systick_enable = 1U << 0U;
inline constexpr uint32_t systick_processor_clock = 1U << 2U;
inline constexpr uint32_t systick_has_counted = 1U << 16U;
inline constexpr uint32_t systick_cycles_max = 1U << 24U;
}  // namespace core

}  // namespace dynbal::board
