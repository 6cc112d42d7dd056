// What the CPUID instruction of the simulated processor answers, in the API's spelling: 32 bits of each register, in groups
// of four, the highest first (HostCpuIdInfo). The values are those of an Intel Xeon E5-2640 v3.
import type { HostCpuIdInfo } from '../../../core/vim25/index.ts';

const bits = (register: number): string => (register >>> 0).toString(2).padStart(32, '0').replace(/.{4}(?=.)/g, '$&:');

const level = (number: number, eax: number, ebx: number, ecx: number, edx: number): HostCpuIdInfo =>
  ({ level: number | 0, vendor: 'intel', eax: bits(eax), ebx: bits(ebx), ecx: bits(ecx), edx: bits(edx) });

/** HostHardwareInfo.cpuFeature. */
export const CPU_FEATURES: readonly HostCpuIdInfo[] = [
  // The highest level, and "GenuineIntel".
  level(0, 0xf, 0x756e6547, 0x6c65746e, 0x49656e69),
  // Family 6, model 63, stepping 2; SSE to SSE4.2, AVX, AES, VMX …
  level(1, 0x000306f2, 0x00200800, 0x7ffefbff, 0xbfebfbff),
  level(0x80000000, 0x80000008, 0, 0, 0),
  // LAHF, LZCNT; SYSCALL, NX, 1 GB pages, RDTSCP, long mode.
  level(0x80000001, 0, 0, 0x00000021, 0x2c100800),
  // 46 bits of physical and 48 of virtual addresses.
  level(0x80000008, 0x0000302e, 0, 0, 0),
];
