/// Rules about lines of code.
extension Rule {
    static let noForceTry = Rule(
        sentence: "Nothing is forced: no try! and no as!",
        advice: "Handle the error, or let the function throw.",
        bad: [Sample("let x = try! f()"), Sample("let y = x as! Int")],
        good: [Sample("let x = try? f() // not try!"), Sample("let y = \"try!\"")],
        applies: \.isSwift,
        search: code { $0.contains("try!") || $0.contains("as! ") })

    static let noForceUnwrap = Rule(
        sentence: "A value that may be missing is never unwrapped by force",
        advice: "Use guard let, ??, or #require in a test.",
        bad: [Sample("let x = y!"), Sample("f(y!)"), Sample("a[1]!.b"), Sample("f()!"), Sample("var x: Int!")],
        good: [Sample("if x != y, !z, f(!a) {}"), Sample("a!=b"), Sample("let text = \"Hello!\" // now!")],
        applies: \.isSwift,
        search: code { line in
            line.utf8.contains(UInt8(ascii: "!")) && line.replacing("try!", with: "").contains(/[\w)\]}>?]!(?!=)/)
        })

    static let noFatalError = Rule(
        sentence: "No input ends the process: no fatalError and no unchecked precondition",
        advice: "Make the state impossible, or report it as an error.",
        bad: [Sample("fatalError(\"never\")"), Sample("preconditionFailure()")],
        good: [Sample("// fatalError("), Sample("eventLoop.preconditionInEventLoop()")],
        applies: \.isProduct,
        search: code { $0.contains("fatalError(") || $0.contains("preconditionFailure(") })

    static let noUncheckedSendable = Rule(
        sentence: "Only thin wrappers of C libraries are @unchecked Sendable or nonisolated(unsafe)",
        advice: "Keep the state on its event loop, or make it a value. A wrapper of a C handle goes on the list.",
        exceptions: [
            "Sources/HTTP/CurlMulti.swift": "libcurl's multi handle, touched by its own thread only",
            "Sources/Patterns/Pattern.swift": "RE2's compiled pattern, which never changes",
        ],
        bad: [
            Sample("final class A: @unchecked Sendable {}"), Sample("struct B: @unchecked\nSendable {}"),
            Sample("nonisolated(unsafe) var c = 1"),
        ],
        good: [Sample("struct A: Sendable {}"), Sample("// @unchecked Sendable")],
        applies: \.isProduct,
        search: code { $0.contains("@unchecked") || $0.contains("nonisolated(unsafe)") })

    static let noLooseTasks = Rule(
        sentence: "Work belongs to a loop or a task group, never to a bare Task",
        advice: "Use the event loop, withTaskGroup, or a Service; a task that nobody owns is not stopped by shutdown.",
        bad: [
            Sample("Task { await f() }"), Sample("Task.detached { }"), Sample("Task(priority: .low) { }"),
            Sample("Task<Void, Never> { }"),
        ],
        good: [Sample("try await Task.sleep(for: .seconds(1))"), Sample("struct TaskList { }"), Sample("// Task {")],
        applies: \.isProduct,
        search: code { $0.contains("Task") && $0.contains(/(^|\W)Task(\.detached|<[^>]*>)?\s*(\([^)]*\)\s*)?\{/) })

    static let noPrint = Rule(
        sentence: "Only commands print",
        advice: "Log with the logger that was handed in; no bodies and no secrets above debug.",
        bad: [Sample("print(x)"), Sample("debugPrint(x)"), Sample("    dump(x)")],
        good: [
            Sample("print(x)", at: "Sources/martlet/Commands/Check.swift"), Sample("blueprint(x)"),
            Sample("x.print(y)"),
        ],
        applies: { $0.isProduct && !$0.isIn("martlet", "embed-profiles") },
        search: code { $0.contains(/(^|[^\w.])(print|debugPrint|dump)\(/) && !$0.contains("func print(") })

    static let noPublic = Rule(
        sentence: "Nothing is public but functions that other modules inline: other modules use what is package",
        advice: "Write package for what another module calls, and nothing at all otherwise.",
        bad: [Sample("public struct A {}"), Sample("    public let x: Int"), Sample("open class B {}")],
        good: [Sample("package struct A {}"), Sample("func open() {}"), Sample("let publicURL = 1")],
        applies: { $0.isProduct && $0.path != "Sources/Basics/ByteScan.swift" },
        search: code { $0.contains(/^\s*(public\s|open\s+(class|func|var)\s)/) })

    static let pureModulesAskNobody = Rule(
        sentence: "Pure modules are told the time, ids and luck",
        advice: "Take a clock, an id source or a generator as a parameter.",
        bad: [
            Sample("let now = Date()"), Sample("let id = UUID().uuidString"), Sample("Int.random(in: 0..<9)"),
            Sample("ContinuousClock().now", at: "Sources/GatewayCore/Sample.swift"),
        ],
        good: [Sample("let now = world.now()"), Sample("Date()", at: "Sources/Operations/Sample.swift")],
        applies: {
            $0.isIn("XML", "XMPP", "GatewayKit", "GatewayCore")
                || ["gateways/template/Sources/", "gateways/loopback/Sources/"].contains(where: $0.path.hasPrefix)
        },
        search: code {
            $0.contains(
                /\b(Date\(\)|Date\.now|UUID\(\)|\w+\.random\(in:[^,)]*\)|(Continuous|Suspending)Clock|NIODeadline\.now)/
            )
                || $0.contains("SystemRandomNumberGenerator")
        })

    static let noSleepInTests = Rule(
        sentence: "Tests wait for what they mean, and never sleep",
        advice: "Fence with a ping, a promise or a manual clock.",
        exceptions: [
            "Tests/Rig/Polling.swift": "processes of others say nothing: the one place that looks again and again"
        ],
        bad: [
            Sample("try await Task.sleep(for: .seconds(1))", at: "Tests/XMPPTests/SampleTests.swift"),
            Sample("usleep(10)", at: "gateways/irc/Tests/SampleTests.swift"),
        ],
        good: [Sample("clock.advance()", at: "Tests/XMPPTests/SampleTests.swift"), Sample("Task.sleep(1)")],
        applies: { $0.isSwift && ($0.path.hasPrefix("Tests/") || $0.path.contains("/Tests/")) },
        search: code { $0.contains("sleep(") && $0.contains(/(^|\W)(u|nano)?sleep\(/) })

    static let codeRules = [
        noForceTry, noForceUnwrap, noFatalError, noUncheckedSendable, noLooseTasks, noPrint, noPublic,
        pureModulesAskNobody,
        noSleepInTests,
    ]
}
