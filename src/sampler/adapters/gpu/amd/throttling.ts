/** Bits of NVML's clocks event reasons (`nvml.h`), in which the frame tells why clocks are held down. */
export const Reason = {
  /** `nvmlClocksEventReasonSwPowerCap` */
  powerCap: 0x4,
  /** `nvmlClocksEventReasonSwThermalSlowdown` */
  thermal: 0x20,
  /** `nvmlClocksThrottleReasonHwThermalSlowdown` */
  hardwareThermal: 0x40,
} as const;

/** The bits of these numbers; those from 32 on stand in the upper word. */
function bits(...numbers: readonly number[]): number {
  return numbers.reduce((mask, number) => mask | (1 << (number % 32)), 0);
}

/** PPT0 to PPT3, SPL, FPPT, SPPT and SPPT_APU: limits of power. TDC_GFX, TDC_SOC, TDC_MEM, EDC_GFX, APCC: of current. */
const LOWER_POWER = bits(0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 22, 23);
/** TEMP_GPU, TEMP_MEM to TEMP_LIQUID1: the firmware keeps a temperature at its limit. */
const UPPER_THERMAL = bits(32, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43);
/** VRHOT0, VRHOT1 and PROCHOT_GFX: signals that act on the clocks without the firmware. */
const UPPER_HARDWARE_THERMAL = bits(44, 45, 47);

/**
 * AMD's throttle status that is alike on all chips (`indep_throttle_status`; bits `SMU_THROTTLER_*` of Linux,
 * `amdgpu_smu.h`) as NVML's reasons. A limit of current counts as one of power, as both are held by the firmware for the
 * sake of the supply. Left out is what NVML has no bit for (PPM, FIT), and what holds down an APU's processor cores and
 * not its GPU (TEMP_CORE, PROCHOT_CPU, EDC_CPU, TDC_VDD, TDC_CVIP).
 *
 * @param lower bits 0 to 31
 * @param upper bits 32 to 63
 */
export function reasonsOf(lower: number, upper: number): number {
  let reasons = 0;
  if ((lower & LOWER_POWER) !== 0) reasons |= Reason.powerCap;
  if ((upper & UPPER_THERMAL) !== 0) reasons |= Reason.thermal;
  if ((upper & UPPER_HARDWARE_THERMAL) !== 0) reasons |= Reason.hardwareThermal;
  return reasons;
}
