import Testing

@Suite("Rules about words")
struct WordRuleTests {
    @Test("The adapter contract speaks of no protocol")
    func contractIsNeutral() { expectKept(.contractIsNeutral) }

    @Test("The core knows no network by name")
    func coreKnowsNoNetwork() { expectKept(.coreKnowsNoNetwork) }

    @Test("No path of one machine is written down")
    func noMachinePaths() { expectKept(.noMachinePaths) }
}
