// vCenter's performance counters of CPU, memory, disks and networks, one family of rollups a line; counter-table-more.ts
// has the others. catalogue.ts reads the lines:
//   key name unit stats rollups where…: label
// `v` after the key: a host by itself does not have it. Rollups take ascending keys (n none, a average, m minimum,
// x maximum, l latest, s summation); the one that is collected has its levels, aggregate/per device, the others have 4/4.
// Where: kinds of object that have the collected rollup; `+kind` also for each instance, `/kind` only for instances,
// `~` with minimum and maximum. Without any, no object has it.

export const COUNTERS = `
# cpu CPU
1 usage % rat na1/3mx vm host+cpu cluster~: Usage
5 usagemhz MHz rat na1/3mx vm+cpu host cluster~ pool~: Usage in MHz
9 reservedCapacity MHz abs a2/3 host cluster: Reserved capacity
10 system ms del s3/3 vm: System
11 wait ms del s3/3 vm+cpu host: Wait
12 ready ms del s1/3 vm+cpu host: Ready
13 idle ms del s2/3 vm+cpu host+cpu: Idle
14 used ms del s3/3 vm+cpu host+cpu: Used
15v capacity.provisioned MHz abs a cluster: CPU Capacity Provisioned
16v capacity.entitlement MHz abs a pool: CPU Capacity Entitlement
17v capacity.usage MHz rat a cluster pool: CPU Capacity Usage
18v capacity.demand MHz abs a cluster pool: CPU Capacity Demand
19v capacity.contention % rat a cluster pool: CPU Capacity Contention
20v corecount.provisioned num abs a cluster pool: CPU Core Count Provisioned
21v corecount.usage num abs a cluster: CPU Core Count Usage
22v corecount.contention % rat a cluster pool: CPU Core Count Contention
213v cpuentitlement MHz abs l2/3 pool: Worst case allocation
278v totalmhz MHz rat a1/3 cluster: Total
386 swapwait ms del s3/3 vm+cpu host: Swap wait
387 utilization % rat na2/3xm host+cpu: Utilization
391 coreUtilization % rat na2/3xm host+cpu: Core Utilization
395 totalCapacity MHz abs a2/3 host: Total capacity
396 latency % rat a2/3 vm host: Latency
397 entitlement MHz abs l2/3 vm: Entitlement
398 demand MHz abs a2/3 vm host: Demand
399 costop ms del s2/3 vm+cpu host: Co-stop
400 maxlimited ms del s2/3 vm+cpu: Max limited
401 overlap ms del s3/3 vm+cpu: Overlap
402 run ms del s2/3 vm+cpu: Run
403 demandEntitlementRatio % abs l vm: Demand-to-entitlement ratio
404 readiness % rat a vm+cpu host: Readiness
# mem Memory
23 usage % abs na1/3mx vm host cluster~: Host consumed %
27 reservedCapacity MB abs a2/3 host cluster: Reservation consumed
28 granted KB abs na2/3mx vm host cluster~ pool~: Granted
32 active KB abs na2/3mx vm host cluster~ pool~: Active
36 shared KB abs na2/3mx vm host cluster~ pool~: Shared
40 zero KB abs na2/3mx vm host cluster~ pool~: Zero pages
44 unreserved KB abs na2/3mx host: Reservation available
48 swapused KB abs na2/3mx host cluster~: Swap consumed
52v swapunreserved KB abs namx: swapunreserved
56 sharedcommon KB abs na2/3mx host: Shared common
60 heap KB abs namx host: Heap
64 heapfree KB abs namx host: Heap free
68 state num abs l2/3 host: Free state
69 swapped KB abs na2/3mx vm pool~: Swapped
73 swaptarget KB abs na2/3mx vm: Swap target
77v swapIn KB abs na2/3mx: swapIn
81v swapOut KB abs na2/3mx: swapOut
85 swapinRate KBps rat a1/3 vm host: Swap in rate
86 swapoutRate KBps rat a1/3 vm host: Swap out rate
89 vmmemctl KB abs na1/3mx vm host cluster~ pool~: Ballooned memory
93 vmmemctltarget KB abs na2/3mx vm: Balloon target
97 consumed KB abs na1/3mx vm host cluster~ pool~: Consumed
101 overhead KB abs na1/1mx vm host cluster~ pool~: Overhead consumed
105 compressed KB abs a2/3 vm host cluster pool: Compressed
106 compressionRate KBps rat a2/3 vm host cluster pool: Compression rate
107 decompressionRate KBps rat a2/3 vm host cluster pool: Decompression rate
108v capacity.provisioned KB abs a cluster pool: Memory Capacity Provisioned
109v capacity.entitlement KB abs a cluster pool: Memory Capacity Entitlement
110v capacity.usable KB abs a cluster: Memory Capacity Usable
111v capacity.usage KB abs a cluster pool: Memory Capacity Usage
112v capacity.contention % rat a cluster pool: Memory Capacity Contention
113v capacity.usage.vm KB abs a2/4: vm
114v capacity.usage.vmOvrhd KB abs a2/4: vmOvrhd
115v capacity.usage.vmkOvrhd KB abs a2/4: vmkOvrhd
116v capacity.usage.userworld KB abs a2/4: userworld
117v reservedCapacity.vm KB abs a2/4: vm
118v reservedCapacity.vmOvhd KB abs a2/4: vmOvhd
119v reservedCapacity.vmkOvrhd KB abs a2/4: vmkOvrhd
120v reservedCapacity.userworld KB abs a2/4: userworld
121v reservedCapacityPct % abs a: Memory Reserved Capacity %
122v consumed.vms KB abs a2/4: Memory Consumed by VMs
123v consumed.userworlds KB abs a2/4: Memory Consumed by userworlds
214v mementitlement MB abs l2/3 pool: Entitlement
279v totalmb MB abs a1/3 cluster: Total
405 swapin KB abs na2/3xm vm host: Swap in
409 swapout KB abs na2/3xm vm host: Swap out
413 sysUsage KB abs na2/3xm host: VMkernel consumed
417 activewrite KB abs a2/3 vm host: Active write
418 overheadMax KB abs a2/3 vm: Overhead reserved
419 totalCapacity MB abs a2/3 host: Total reservation
420 zipped KB abs l2/3 vm: Compressed
421 zipSaved KB abs l2/3 vm: Compression saved
422 latency % abs a2/3 vm host: Page-fault latency
423 entitlement KB abs a2/3 vm: Entitlement
424 lowfreethreshold KB abs a2/3 host: Reclamation threshold
425 llSwapUsed KB abs n: Host cache consumed
426 llSwapInRate KBps rat a2/3 vm host: Host cache swap in rate
427 llSwapOutRate KBps rat a2/3 vm host: Host cache swap out rate
428 overheadTouched KB abs a vm: Overhead active
429 llSwapUsed KB abs axm vm host: Host cache consumed
432 llSwapIn KB abs naxm host: Host cache swap in
436 llSwapOut KB abs naxm host: Host cache swap out
440 vmfs.pbc.size MB abs l host: VMFS PB Cache Size
441 vmfs.pbc.sizeMax MB abs l host: Maximum VMFS PB Cache Size
442 vmfs.pbc.workingSet TB abs l host: VMFS Working Set
443 vmfs.pbc.workingSetMax TB abs l host: Maximum VMFS Working Set
444 vmfs.pbc.overhead KB abs l host: VMFS PB Cache Overhead
445 vmfs.pbc.capMissRatio % abs l host: VMFS PB Cache Capacity Miss Ratio
# disk Disk
124 usage KBps rat na1/3mx vm host: Usage
128 numberRead num del s3/3 vm/lun host/lun: Read requests
129 numberWrite num del s3/3 vm/lun host/lun: Write requests
130 read KBps rat a2/3 vm+lun host+lun: Read rate
131 write KBps rat a2/3 vm+lun host+lun: Write rate
132 totalLatency ms abs a3/3 host/lun: Command latency
133 maxTotalLatency ms abs l1/3 vm host: Highest latency
134 commandsAborted num del s2/3 host/lun: Commands aborted
135 busResets num del s2/3 host/lun: Bus resets
136 numberReadAveraged num rat a1/3 vm/lun host/lun: Average read requests per second
137 numberWriteAveraged num rat a1/3 vm/lun host/lun: Average write requests per second
138v throughput.usage KBps rat a cluster pool: Disk Throughput Usage
139v throughput.contention ms abs a cluster pool: Disk Throughput Contention
140v scsiReservationConflicts num del s2/2: Disk SCSI Reservation Conflicts
141v scsiReservationCnflctsPct % abs a: Disk SCSI Reservation Conflicts %
281v used KB abs l1/1 ds: Space actually used
282v provisioned KB abs l1/1 ds: Space potentially used
283v capacity KB abs l1/3 ds: Capacity
284v unshared KB abs l1/1 ds: Space not shared
285v deltaused KB abs l2/3: Overhead due to delta disk backings
286v capacity.provisioned KB abs a ds: provisioned
287v capacity.usage KB abs a ds: usage
288v capacity.contention % abs a ds: contention
446 commands num del s2/3 host/lun: Commands issued
447 deviceReadLatency ms abs a2/3 host/lun: Physical device read latency
448 kernelReadLatency ms abs a2/3 host/lun: Kernel read latency
449 totalReadLatency ms abs a2/3 host/lun: Read latency
450 queueReadLatency ms abs a2/3 host/lun: Queue read latency
451 deviceWriteLatency ms abs a2/3 host/lun: Physical device write latency
452 kernelWriteLatency ms abs a2/3 host/lun: Kernel write latency
453 totalWriteLatency ms abs a2/3 host/lun: Write latency
454 queueWriteLatency ms abs a2/3 host/lun: Queue write latency
455 deviceLatency ms abs a1/3 host/lun: Physical device command latency
456 kernelLatency ms abs a2/3 host/lun: Kernel command latency
457 queueLatency ms abs a2/3 host/lun: Queue command latency
458 maxQueueDepth num abs a1/3 host/lun: Maximum queue depth
459 commandsAveraged num rat a2/3 host/lun: Average commands issued per second
# net Network
142 usage KBps rat na1/3mx vm+nic host+nic: Usage
146 packetsRx num del s2/3 vm+nic host+nic: Packets received
147 packetsTx num del s2/3 vm+nic host+nic: Packets transmitted
148 received KBps rat a2/3 vm+nic host+nic: Data receive rate
149 transmitted KBps rat a2/3 vm+nic host+nic: Data transmit rate
150v throughput.provisioned KBps abs a cluster: Net Throughput Provisioned
151v throughput.usable KBps abs a cluster: Net Throughput Usable
152v throughput.usage KBps rat a cluster pool: Net Throughput Usage
153v throughput.contention num del s cluster pool: Net Throughput Contention
154v throughput.packetsPerSec num rat a: pNic Packets Received and Transmitted per Second
205v throughput.usage.vm KBps rat a3/3: pNic Throughput Usage for VMs
206v throughput.usage.nfs KBps rat a3/3: pNic Throughput Usage for NFS
207v throughput.usage.vmotion KBps rat a3/3: pNic Throughput Usage for vMotion
208v throughput.usage.ft KBps rat a3/3: pNic Throughput Usage for FT
209v throughput.usage.iscsi KBps rat a3/3: pNic Throughput Usage for iSCSI
210v throughput.usage.hbr KBps rat a3/3: pNic Throughput Usage for HBR
217v throughput.pktsTx num abs a3/3: VDS Packets Throughput Transmitted
218v throughput.pktsTxMulticast num abs a3/3: VDS Multicast Packets Throughput Transmitted
219v throughput.pktsTxBroadcast num abs a3/3: VDS Broadcast Packets Throughput Transmitted
220v throughput.pktsRx num abs a3/3: VDS Packets Throughput Received
221v throughput.pktsRxMulticast num abs a3/3: VDS Multicast Packets Throughput Received
222v throughput.pktsRxBroadcast num abs a3/3: VDS Broadcast Packets Throughput Received
223v throughput.droppedTx num abs a3/3: VDS Dropped Transmitted Packets Throughput
224v throughput.droppedRx num abs a3/3: VDS Dropped Received Packets Throughput
225v throughput.vds.pktsTx num abs a3/3: DVPort Packets Throughput Transmitted
226v throughput.vds.pktsTxMcast num abs a3/3: DVPort Multicast Packets Throughput Transmitted
227v throughput.vds.pktsTxBcast num abs a3/3: DVPort Broadcast Packets Throughput Transmitted
228v throughput.vds.pktsRx num abs a3/3: DVPort Packets Throughput Received
229v throughput.vds.pktsRxMcast num abs a3/3: DVPort Multicast Packets Throughput Received
230v throughput.vds.pktsRxBcast num abs a3/3: DVPort Broadcast Packets Throughput Received
231v throughput.vds.droppedTx num abs a3/3: DVPort dropped transmitted packets throughput
232v throughput.vds.droppedRx num abs a3/3: DVPort dropped received packets throughput
233v throughput.vds.lagTx num abs a3/3: LAG Packets Throughput Transmitted
234v throughput.vds.lagTxMcast num abs a3/3: LAG Multicast Packets Throughput Transmitted
235v throughput.vds.lagTxBcast num abs a3/3: LAG Broadcast Packets Throughput Transmitted
236v throughput.vds.lagRx num abs a3/3: LAG packets Throughput received
237v throughput.vds.lagRxMcast num abs a3/3: LAG multicast packets throughput received
238v throughput.vds.lagRxBcast num abs a3/3: LAG Broadcast packets Throughput received
239v throughput.vds.lagDropTx num abs a3/3: LAG dropped transmitted packets throughput
240v throughput.vds.lagDropRx num abs a3/3: LAG dropped received packets throughput
241v throughput.vds.txTotal num abs a3/3: VXLAN network packets throughput transmitted
242v throughput.vds.txNoUnicast num abs a3/3: VXLAN network non-unicast packets throughput transmitted
243v throughput.vds.txCrsRouter num abs a3/3: VXLAN network cross-router packets throughput transmitted
244v throughput.vds.txDrop num abs a3/3: VXLAN network dropped transmitted packets throughput
245v throughput.vds.rxTotal num abs a3/3: VXLAN network packets throughput received
246v throughput.vds.rxDestErr num abs a3/3: VXLAN network dropped received packets due to destination IP error throughput
247v throughput.vds.rxDrop num abs a3/3: VXLAN network dropped received packets throughput
248v throughput.vds.macFlood num abs a3/3: VXLAN network failed to match mapping entry for a unicast MAC throughput
249v throughput.vds.macLKUPFull num abs a3/3: VXLAN network failed to allocate a new mapping entry during translation phase
250v throughput.vds.macUPDTFull num abs a3/3: VXLAN network failed to allocate a new mapping entry during learning phase
251v throughput.vds.arpFound num abs a3/3: VXLAN Network Found Matched ARP Entry Throughput
252v throughput.vds.arpUnknown num abs a3/3: VXLAN Network Found Matched ARP Entry Marked as Unknown Throughput
253v throughput.vds.arpLKUPFull num abs a3/3: VXLAN Network Failed to Allocate ARP Entry During Translation Phase Throughput
254v throughput.vds.arpWait num abs a3/3: VXLAN network found the same ARP requests have been sent into queue throughput
255v throughput.vds.arpTimeout num abs a3/3: VXLAN Network Found ARP Queries Have Been Expired Throughput
360v throughput.vds.txTotal num del s: VXLAN network packets throughput transmitted
361v throughput.vds.txNoUnicast num del s: VXLAN network non-unicast packets throughput transmitted
362v throughput.vds.txCrsRouter num del s: VXLAN network cross-router packets throughput transmitted
363v throughput.vds.txDrop num del s: VXLAN network dropped transmitted packets throughput
364v throughput.vds.rxTotal num del s: VXLAN network packets throughput received
365v throughput.vds.rxDestErr num del s: VXLAN network dropped received packets due to destination IP error throughput
366v throughput.vds.rxDrop num del s: VXLAN network dropped received packets throughput
367v throughput.vds.macFlood num del s: VXLAN network failed to match mapping entry for a unicast MAC throughput
368v throughput.vds.macLKUPFull num del s: VXLAN network failed to allocate a new mapping entry during translation phase
369v throughput.vds.macUPDTFull num del s: VXLAN network failed to allocate a new mapping entry during learning phase
370v throughput.vds.arpFound num del s: VXLAN Network Found Matched ARP Entry Throughput
371v throughput.vds.arpUnknown num del s: VXLAN Network Found Matched ARP Entry Marked as Unknown Throughput
372v throughput.vds.arpLKUPFull num del s: VXLAN Network Failed to Allocate ARP Entry During Translation Phase Throughput
373v throughput.vds.arpWait num del s: VXLAN network found the same ARP requests have been sent into queue throughput
374v throughput.vds.arpTimeout num del s: VXLAN Network Found ARP Queries Have Been Expired Throughput
460 droppedRx num del s2/3 vm+nic host+nic: Receive packets dropped
461 droppedTx num del s2/3 vm+nic host+nic: Transmit packets dropped
462 bytesRx KBps rat a2/3 vm+nic host+nic: Data receive rate
463 bytesTx KBps rat a2/3 vm+nic host+nic: Data transmit rate
464 broadcastRx num del s2/3 vm+nic host+nic: Broadcast receives
465 broadcastTx num del s2/3 vm+nic host+nic: Broadcast transmits
466 multicastRx num del s2/3 vm+nic host+nic: Multicast receives
467 multicastTx num del s2/3 vm+nic host+nic: Multicast transmits
468 errorsRx num del s2/3 host+nic: Packet receive errors
469 errorsTx num del s2/3 host+nic: Packet transmit errors
470 unknownProtos num del s2/3 host+nic: Unknown protocol frames
471 pnicBytesRx KBps rat a vm+nic: pnicBytesRx
472 pnicBytesTx KBps rat a vm+nic: pnicBytesTx
`;
