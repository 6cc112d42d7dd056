// The rest of vCenter's performance counters, in the notation of counter-table.ts.

export const MORE_COUNTERS = `
# managementAgent Management agent
87 swapOut KBps rat a3/3: Memory swap out
88 swapIn KBps rat a3/3: Memory swap in
517 memUsed KB abs a3/3: Memory used
518 swapUsed KB abs a3/3: Memory swap used
519 cpuUsage MHz rat a3/3: CPU usage
# sys System
155 uptime s abs l1/3 vm host: Uptime
156v heartbeat num del s1/3: Heartbeat
473 heartbeat num abs l vm: Heartbeat
474 diskUsage % abs l3/3: Disk usage
475 resourceCpuUsage MHz rat na3/3xm host/group: Resource CPU usage
479 resourceMemTouched KB abs l3/3 host/group: Resource memory touched
480 resourceMemMapped KB abs l3/3 host/group: Resource memory mapped
481 resourceMemShared KB abs l3/3 host/group: Resource memory share saved
482 resourceMemSwapped KB abs l3/3 host/group: Resource memory swapped
483 resourceMemOverhead KB abs l3/3 host/group: Resource memory overhead
484 resourceMemCow KB abs l3/3 host/group: Resource memory shared
485 resourceMemZero KB abs l3/3 host/group: Resource memory zero
486 resourceCpuRun1 % abs l3/3 host/group: Resource CPU running (1 min. average)
487 resourceCpuAct1 % abs l3/3 host/group: Resource CPU active (1 min average)
488 resourceCpuMaxLimited1 % abs l3/3 host/group: Resource CPU maximum limited (1 min)
489 resourceCpuRun5 % abs l3/3 host/group: Resource CPU running (5 min average)
490 resourceCpuAct5 % abs l3/3 host/group: Resource CPU active (5 min average)
491 resourceCpuMaxLimited5 % abs l3/3 host/group: Resource CPU maximum limited (5 min)
492 resourceCpuAllocMin MHz abs l3/3 host/group: Resource CPU allocation minimum (in MHz)
493 resourceCpuAllocMax MHz abs l3/3 host/group: Resource CPU allocation maximum (in MHz)
494 resourceCpuAllocShares num abs l3/3 host/group: Resource CPU allocation shares
495 resourceMemAllocMin KB abs l3/3 host/group: Resource memory allocation minimum (in KB)
496 resourceMemAllocMax KB abs l3/3 host/group: Resource memory allocation maximum (in KB)
497 resourceMemAllocShares num abs l3/3 host/group: Resource memory allocation shares
498 osUptime s abs l vm: OS Uptime
499 resourceMemConsumed KB abs l host/group: Resource memory consumed
500 resourceFdUsage num abs l host/group: File descriptors used
# power Power
157 power W rat a2/3 vm host cluster pool: Usage
158 powerCap W abs a3/3 host cluster: Cap
159 energy J del s3/3 vm host cluster pool: Energy usage
160v capacity.usagePct % abs a: Host Power Capacity Provisioned
211v capacity.usable W abs a: Host Power Capacity Usable
212v capacity.usage W abs a: Host Power Capacity Usage
# storageAdapter Storage adapter
161 commandsAveraged num rat a2/2 host/hba: Average commands issued per second
162 numberReadAveraged num rat a2/2 host/hba: Average read requests per second
163 numberWriteAveraged num rat a2/2 host/hba: Average write requests per second
164 read KBps rat a2/2 host/hba: Read rate
165 write KBps rat a2/2 host/hba: Write rate
166 totalReadLatency ms abs a2/2 host/hba: Read latency
167 totalWriteLatency ms abs a2/2 host/hba: Write latency
168 maxTotalLatency ms abs l3/3 host: Highest latency
169v throughput.cont ms abs a: Storage Adapter Throughput Contention
170v OIOsPct % abs a: Storage Adapter Outstanding I/Os
197v outstandingIOs num abs a2/2: Storage Adapter Outstanding I/Os
198v queued num abs a2/2: Storage Adapter Number Queued
199v queueDepth num abs a2/2: Storage Adapter Queue Depth
200v queueLatency ms abs a2/2: Storage Adapter Queue Command Latency
201v throughput.usag KBps rat a: Storage Adapter Throughput Usage
# virtualDisk Virtual disk
171 numberReadAveraged num rat a1/3 vm/vdisk: Average read requests per second
172 numberWriteAveraged num rat a1/3 vm/vdisk: Average write requests per second
173 read KBps rat a2/2 vm+vdisk: Read rate
174 write KBps rat a2/2 vm+vdisk: Write rate
175 totalReadLatency ms abs a1/3 vm/vdisk: Read latency
176 totalWriteLatency ms abs a1/3 vm/vdisk: Write latency
177v throughput.cont ms abs a: Virtual Disk Throughput Contention
194v throughput.usage KBps rat a: Virtual Disk Throughput Usage
195v commandsAborted num del s2/4: Virtual Disk Number of Terminations
196v busResets num del s2/4: Virtual Disk Number of Resets
344 readOIO num abs l2/2 vm/vdisk: Average number of outstanding read requests
345 writeOIO num abs l2/2 vm/vdisk: Average number of outstanding write requests
346 readLoadMetric num abs l2/2: Read workload metric
347 writeLoadMetric num abs l2/2: Write workload metric
527 readIOSize num abs l: Read request size
528 writeIOSize num abs l: Write request size
529 smallSeeks num abs l: Number of small seeks
530 mediumSeeks num abs l: Number of medium seeks
531 largeSeeks num abs l: Number of large seeks
532 readLatencyUS µs abs l: Read Latency (us)
533 writeLatencyUS µs abs l: Write Latency (us)
534 vFlashCacheIops num abs l: Virtual Flash Read Cache I/Os per second for the virtual disk
535 vFlashCacheLatency µs abs l: Virtual Flash Read Cache latency for the virtual disk
536 vFlashCacheThroughput num abs l: Virtual Flash Read Cache throughput for virtual disk
# datastore Datastore
178 numberReadAveraged num rat a1/3 vm/ds host/ds ds: Average read requests per second
179 numberWriteAveraged num rat a1/3 vm/ds host/ds ds: Average write requests per second
180 read KBps rat a2/2 vm/ds host/ds ds: Read rate
181 write KBps rat a2/2 vm/ds host/ds ds: Write rate
182 totalReadLatency ms abs a1/3 vm/ds host/ds: Read latency
183 totalWriteLatency ms abs a1/3 vm/ds host/ds: Write latency
184 maxTotalLatency ms abs l3/3 vm host: Highest latency
185 datastoreIops num abs a1/3 host/ds: Storage I/O Control aggregated IOPS
186 sizeNormalizedDatastoreLatency µs abs a1/3 host/ds: Storage I/O Control normalized latency
187v throughput.usage KBps abs a ds: usage
188v throughput.contention ms abs a ds: contention
189v busResets num del s2/2: busResets
190v commandsAborted num del s2/2: commandsAborted
191 siocActiveTimePercentage % abs a1/3 host/ds: Storage I/O Control active time percentage
349 datastoreReadBytes num abs l2/2 host/ds: Storage DRS datastore bytes read
350 datastoreWriteBytes num abs l2/2 host/ds: Storage DRS datastore bytes written
351 datastoreReadIops num abs l1/3 host/ds: Storage DRS datastore read I/O rate
352 datastoreWriteIops num abs l1/3 host/ds: Storage DRS datastore write I/O rate
353 datastoreReadOIO num abs l1/3 host/ds: Storage DRS datastore outstanding read requests
354 datastoreWriteOIO num abs l1/3 host/ds: Storage DRS datastore outstanding write requests
355 datastoreNormalReadLatency num abs l2/2 host/ds: Storage DRS datastore normalized read latency
356 datastoreNormalWriteLatency num abs l2/2 host/ds: Storage DRS datastore normalized write latency
357 datastoreReadLoadMetric num abs l host/ds: Storage DRS datastore read workload metric
358 datastoreWriteLoadMetric num abs l host/ds: Storage DRS datastore write workload metric
359 datastoreVMObservedLatency µs abs l1/3 host/ds: Datastore latency observed by VMs
537 datastoreMaxQueueDepth num abs l1/3 host/ds: Storage I/O Control datastore maximum queue depth
# storagePath Storage path
192v throughput.cont ms abs a: Storage Path Throughput Contention
193 maxTotalLatency ms abs l3/3 host: Highest latency
202v busResets num del s2/3: Storage Path Bus Resets
203v commandsAborted num del s2/3: Storage Path Command Terminations
204v throughput.usage KBps rat a: Storage Path Throughput Usage
520 commandsAveraged num rat a3/3 host/path: Average commands issued per second
521 numberReadAveraged num rat a3/3 host/path: Average read requests per second
522 numberWriteAveraged num rat a3/3 host/path: Average write requests per second
523 read KBps rat a3/3 host/path: Read rate
524 write KBps rat a3/3 host/path: Write rate
525 totalReadLatency ms abs a3/3 host/path: Read latency
526 totalWriteLatency ms abs a3/3 host/path: Write latency
# clusterServices Cluster services
215v cpufairness num abs l1/3: CPU fairness
216v memfairness num abs l1/3: Memory fairness
276v effectivecpu MHz rat a1/3 cluster: Effective CPU resources
277v effectivemem MB abs a1/3 cluster: Effective memory resources
280v failover num abs l1/3 cluster: Current failover level
# vmop Virtual machine operations
256v numPoweron num abs l1/3 cluster dc: VM power on count
257v numPoweroff num abs l1/3 cluster dc: VM power off count
258v numSuspend num abs l1/3 cluster dc: VM suspend count
259v numReset num abs l1/3 cluster dc: VM reset count
260v numRebootGuest num abs l1/3 cluster dc: VM guest reboot count
261v numStandbyGuest num abs l1/3 cluster dc: VM standby guest count
262v numShutdownGuest num abs l1/3 cluster dc: VM guest shutdown count
263v numCreate num abs l1/3 cluster dc: VM create count
264v numDestroy num abs l1/3 cluster dc: VM delete count
265v numRegister num abs l1/3 cluster dc: VM register count
266v numUnregister num abs l1/3 cluster dc: VM unregister count
267v numReconfigure num abs l1/3 cluster dc: VM reconfigure count
268v numClone num abs l1/3 cluster dc: VM clone count
269v numDeploy num abs l1/3 cluster dc: VM template deploy count
270v numChangeHost num abs l1/3 cluster dc: VM host change count (non-powered-on VMs)
271v numChangeDS num abs l1/3 cluster dc: VM datastore change count (non-powered-on VMs)
272v numChangeHostDS num abs l1/3 cluster dc: VM host and datastore change count (non-powered-on VMs)
273v numVMotion num abs l1/3 cluster dc: vMotion count
274v numSVMotion num abs l1/3 cluster dc: Storage vMotion count
275v numXVMotion num abs l1/3 cluster dc: VM host and datastore change count (powered-on VMs)
# vcDebugInfo vCenter debugging information
289v activationlatencystats ms abs xms1/1: Activation latency
292v activationstats num abs xms1/1: Activation count
302v hostsynclatencystats ms abs xms1/1: Host sync latency
305v hostsyncstats num abs xms1/1: Host sync count
308v inventorystats num abs xms1/1: Inventory statistics
311v lockstats num abs xms1/1: Locking statistics
314v lrostats num abs xms1/1: vCenter Server LRO statistics
317v miscstats num abs xms1/1: Miscellaneous
320v morefregstats num abs xms1/1: Managed object reference statistics
329v scoreboard num abs xms3/3: Scoreboard statistics
332v sessionstats num abs xms1/1: Session statistics
336v systemstats num abs xms1/1: System statistics
340v vcservicestats num abs xms1/1: vCenter Server service statistics
# vcResources vCenter resource usage information
295v buffersz KB abs a: buffersz
296v cachesz KB abs a: cachesz
297v ctxswitchesrate num rat a1/1: Context switch rate
298v diskreadsectorrate num rat a: diskreadsectorrate
299v diskreadsrate num rat a1/1: Disk read rate
300v diskwritesectorrate num rat a: diskwritesectorrate
301v diskwritesrate num rat a1/1: Disk write rate
323v packetrecvrate num rat a1/1: Received packet rate
324v packetsentrate num rat a1/1: Sent packet rate
325v systemcpuusage % rat a1/1: CPU system
326v pagefaultrate num rat a1/1: Page fault rate
327v physicalmemusage KB abs a1/1: Physical memory
328v priviledgedcpuusage % rat a1/1: CPU privileged
335v syscallsrate num rat a1/1: System call rate
339v usercpuusage % rat a1/1: CPU user
343v virtualmemusage KB abs a1/1: Virtual memory
# rescpu Resource group CPU
348 actav1 % abs l3/3 vm host: Active (1 min average)
501 actpk1 % abs l3/3 vm host: Active (1 min peak)
502 runav1 % abs l3/3 vm host: Running (1 min average)
503 actav5 % abs l3/3 vm host: Active (5 min average)
504 actpk5 % abs l3/3 vm host: Active (5 min peak)
505 runav5 % abs l3/3 vm host: Running (5 min average)
506 actav15 % abs l3/3 vm host: Active (15 min average)
507 actpk15 % abs l3/3 vm host: Active (15 min peak)
508 runav15 % abs l3/3 vm host: Running (15 min average)
509 runpk1 % abs l3/3 vm host: Running (1 min peak)
510 maxLimited1 % abs l3/3 vm host: Throttled (1 min average)
511 runpk5 % abs l3/3 vm host: Running (5 min peak)
512 maxLimited5 % abs l3/3 vm host: Throttled (5 min average)
513 runpk15 % abs l3/3 vm host: Running (15 min peak)
514 maxLimited15 % abs l3/3 vm host: Throttled (15 min average)
515 sampleCount num abs l3/3 vm host: Group CPU sample count
516 samplePeriod ms abs l3/3 vm host: Group CPU sample period
# hbr vSphere Replication
538 hbrNumVms num abs a host: vSphere Replication VM Count
539 hbrNetRx KBps rat a host: Replication Data Receive Rate
540 hbrNetTx KBps rat a host: Replication Data Transmit Rate
# vflashModule Virtual flash
541 numActiveVMDKs num abs l: Number of caches controlled by the virtual flash module
# vsanDomObj VSAN DOM Objects
542 readIops num rat a: Read IOPS
543 readThroughput KBps rat a: Read throughput
544 readAvgLatency ms abs a: Average read latency
545 readMaxLatency ms abs l: Max read latency
546 readCacheHitRate % abs l: Cache hit rate
547 readCongestion num rat a: Read congestion per sampling interval
548 writeIops num rat a: Write IOPS
549 writeThroughput KBps rat a: Write throughput
550 writeAvgLatency ms abs a: Average write latency
551 writeMaxLatency ms abs l: Max write latency
552 writeCongestion num rat a: Write congestion per sampling interval
553 recoveryWriteIops num rat a: Recovery write IOPS
554 recoveryWriteThroughput KBps rat a: Recovery write through-put
555 recoveryWriteAvgLatency ms abs a: Average recovery write latency
556 recoveryWriteMaxLatency ms abs l: Max recovery write latency
557 recoveryWriteCongestion num rat a: Recovery write congestion per sampling interval
# gpu GPU
558 utilization % abs naxm: Utilization
562 mem.used KB abs naxm: Memory used
566 mem.usage % abs naxm: Memory usage
570 temperature ℃ abs a: Temperature
# pmem PMEM
571 available.reservation MB abs l: Persistent memory available reservation
`;
