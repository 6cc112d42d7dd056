Feature: Performance statistics follow what machines do

  Background:
    Given the world "one-vm"

  Scenario: A counter is found by its number
    When I call QueryPerfCounter of "perfManager" with:
      """
      counterId: [2, 98]
      """
    Then the result is:
      """
      - { key: 2, groupInfo: { key: cpu }, nameInfo: { key: usage, label: Usage }, unitInfo: { key: percent, label: "%" }, rollupType: average, statsType: rate, level: 1, perDeviceLevel: 3 }
      - { key: 98, groupInfo: { key: mem }, nameInfo: { key: consumed }, unitInfo: { key: kiloBytes }, rollupType: average, statsType: absolute, level: 1 }
      """
    And nothing changes

  Scenario: A machine that is off has no samples, its host has
    When I call QueryPerf of "perfManager" with:
      """
      querySpec:
        - { entity: !ref /DC0/vm/web, metricId: [{ counterId: 6, instance: "" }], intervalId: 20, maxSample: 1 }
        - { entity: !ref /DC0/host/DC0_C0/esx-01.example.com, metricId: [{ counterId: 6, instance: "" }], intervalId: 20, maxSample: 1, format: csv }
      """
    Then the result is:
      """
      - { _type: PerfEntityMetricCSV, entity: !ref /DC0/host/DC0_C0/esx-01.example.com, value: [{ id: { counterId: 6 }, value: "67" }] }
      """
    And nothing changes

  Scenario: A cluster has rollups only
    When I call QueryPerfProviderSummary of "perfManager" with:
      """
      entity: !ref /DC0/host/DC0_C0
      """
    Then the result is:
      """
      { currentSupported: false, summarySupported: true, refreshRate: -1 }
      """
    And nothing changes

  @error-path
  Scenario: Samples of a cluster
    When I call QueryPerf of "perfManager" with:
      """
      querySpec: [{ entity: !ref /DC0/host/DC0_C0, intervalId: 20 }]
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: querySpec.interval
      """
    And nothing changes

  @error-path
  Scenario: Statistics of a folder
    When I call QueryPerfProviderSummary of "perfManager" with:
      """
      entity: !ref /DC0/vm
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: entity
      """
    And nothing changes

  @error-path
  Scenario: A rollup cannot keep more than the one that it is made of
    When I call UpdatePerfInterval of "perfManager" with:
      """
      interval: { key: 2, samplingPeriod: 1800, name: Past week, length: 604800, level: 3, enabled: true }
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: interval.level
      """
    And nothing changes

  Scenario: Levels that are changed show in the catalogue
    Given I have called UpdateCounterLevelMapping of "perfManager" with:
      """
      counterLevelMap: [{ counterId: 33, aggregateLevel: 1 }]
      """
    When I call QueryPerfCounter of "perfManager" with:
      """
      counterId: [33]
      """
    Then the result is:
      """
      - { key: 33, level: 1, perDeviceLevel: 3 }
      """
