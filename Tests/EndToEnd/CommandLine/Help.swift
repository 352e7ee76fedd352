import ServerRig
import Testing

extension CommandLine {
    @Test("the program prints its version and its help")
    func help() async throws {
        let version = try await Martlet.run(["--version"])
        #expect(version.end == .exited(0))
        let lines = version.output.split(separator: "\n")
        #expect(lines.first?.split(separator: ".").count == 3)
        #expect(lines.dropFirst().map { $0.prefix { $0 != ":" } } == ["commit", "compiler"])

        let help = try await Martlet.run(["--help"])
        #expect(help.end == .exited(0))
        for word in ["run", "init", "check", "backup", "--version"] { #expect(help.output.contains(word)) }
    }

    @Test(
        "the program finds its arguments when a preloaded library has moved the environment",
        .enabled(if: MovableClock.obstacle == nil, "libfaketime is not installed"))
    func movedEnvironment() async throws {
        let check = try await Martlet.run(["check", "--config"], configuration: "registry: [", hasMovableClock: true)
        #expect(check.end == .exited(78))
        #expect(check.output.contains("martlet.yaml:"), "\(check.output)")
    }
}
