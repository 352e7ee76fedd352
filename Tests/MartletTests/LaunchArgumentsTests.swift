import Foundation
import Testing

@testable import martlet

@Suite("Launch arguments")
struct LaunchArgumentsTests {
    @Test(
        "Swift's arguments are used; if it has found none, the kernel's are used",
        arguments: [
            (["martlet", "run"], "other\0check\0", ["run"]), (["martlet"], "other\0check\0", []),
            ([], "martlet\0check\0--config\0a file\0", ["check", "--config", "a file"]),
            ([], "martlet\0\0b\0", ["", "b"]), ([], "martlet\0", []), ([], "", []), ([], nil, []),
        ] as [([String], String?, [String])])
    func read(found: [String], system: String?, arguments: [String]) {
        #expect(LaunchArguments.read(found, system: system.map { Data($0.utf8) }) == arguments)
    }
}
