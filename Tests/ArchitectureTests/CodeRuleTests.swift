import Testing

@Suite("Rules about code")
struct CodeRuleTests {
    @Test("Nothing is forced: no try! and no as!")
    func noForceTry() { expectKept(.noForceTry) }

    @Test("A value that may be missing is never unwrapped by force")
    func noForceUnwrap() { expectKept(.noForceUnwrap) }

    @Test("No input ends the process: no fatalError")
    func noFatalError() { expectKept(.noFatalError) }

    @Test("Only thin wrappers of C libraries are @unchecked Sendable")
    func noUncheckedSendable() { expectKept(.noUncheckedSendable) }

    @Test("Work belongs to a loop or a task group, never to a bare Task")
    func noLooseTasks() { expectKept(.noLooseTasks) }

    @Test("Only commands print")
    func noPrint() { expectKept(.noPrint) }

    @Test("Nothing is public")
    func noPublic() { expectKept(.noPublic) }

    @Test("Pure modules are told the time, ids and luck")
    func pureModulesAskNobody() { expectKept(.pureModulesAskNobody) }

    @Test("Tests never sleep")
    func noSleepInTests() { expectKept(.noSleepInTests) }
}
