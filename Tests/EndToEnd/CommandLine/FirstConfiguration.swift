import Foundation
import ServerRig
import Testing

extension CommandLine {
    @Test("the output of init sets up Prosody and Martlet, and the first messages pass")
    func firstConfiguration() async throws {
        let folder = try RigFolder()
        let port = try Port.free()
        let target = folder.path + "/etc"
        let server = ["--server", "127.0.0.1:\(port)"]
        let made = try await Martlet.run(
            ["init", "--domain", "example.org", "--loopback", "--defaults"] + server + [target])
        #expect(made.end == .exited(0), "\(made.output)")
        #expect(made.output.contains("martlet.yaml: ok, 1 gateway(s)"))
        #expect(made.output.contains("martlet run --config \(target)/martlet.yaml"))

        let home = try await Prosody.start(in: folder, lines: target + "/prosody.cfg.lua", componentPort: port)
        let text = try String(contentsOfFile: target + "/martlet.yaml", encoding: .utf8)
        let martlet = try Martlet(text, webhookPort: 0, in: folder)
        try await martlet.daemon.start()
        try await martlet.awaitLog("loopback.example.org", "connected")
        let driver = try await XMPPDriver(in: folder)
        let alice = XMPPUser(try await home.addAccount("alice"), resource: "desk", driver: driver)
        try await alice.connect()
        try alice.chat("is anybody there?", to: "echo@loopback.example.org")
        try await alice.expectChat("is anybody there?", from: "echo@loopback.example.org")
        try alice.chat("and by phone?", to: "+12025550100@loopback.example.org", receipt: true)
        try await alice.expectChat("You wrote: and by phone?", from: "+12025550100@loopback.example.org")
        let room = "#lobby@loopback.example.org"
        _ = try await alice.join(room, as: "alice")
        try await alice.expect("the room's greeting") {
            $0.from == room + "/echo" && $0.body?.hasPrefix("Welcome") == true
        }
        try alice.chat("anyone else?", to: "+12025550199@loopback.example.org")
        try await alice.expect("an error about a number of nobody") {
            $0.type == "error" && $0.from == "+12025550199@loopback.example.org"
        }

        // A copy of the registry, while Martlet runs.
        let copy = folder.path + "/copy.sqlite"
        let backup = try await Martlet.run(["backup", copy, "--config", target + "/martlet.yaml"])
        #expect(backup.end == .exited(0), "\(backup.output)")
        #expect(FileManager.default.fileExists(atPath: copy))
        for file in ["martlet.yaml", "data/registry.sqlite.key", "loopback.secret"] {
            #expect(backup.output.contains("\(target)/\(file)"))
        }
        let second = try await Martlet.run(["backup", copy, "--config", target + "/martlet.yaml"])
        #expect(second.end == .exited(73) && second.output.contains("never overwritten"))

        await driver.stop()
        await martlet.daemon.stop()
        await home.daemon.stop()
        folder.remove()
    }

    @Test("init overwrites nothing, and refuses nonsense with what is right")
    func initRefusals() async throws {
        let folder = try RigFolder()
        let target = folder.path + "/etc"
        let wrong = try await Martlet.run(["init", "--defaults", "--domain", "ops@example.org", target])
        #expect(wrong.end == .exited(64) && wrong.output.contains("--domain: 'ops@example.org' has an @"))
        #expect(!FileManager.default.fileExists(atPath: target))
        let first = try await Martlet.run(["init", "--defaults", "--domain", "example.org", target])
        #expect(first.end == .exited(0), "\(first.output)")
        let secret = try String(contentsOfFile: target + "/irc.secret", encoding: .utf8)
        let second = try await Martlet.run(["init", "--defaults", "--domain", "example.org", target])
        #expect(second.end == .exited(73) && second.output.contains("\(target)/irc.secret"))
        #expect(try String(contentsOfFile: target + "/irc.secret", encoding: .utf8) == secret)
        folder.remove()
    }

    @Test("a taken port and a missing folder are said before anything starts", arguments: ["check", "run"])
    func beforeStart(command: String) async throws {
        let folder = try RigFolder()
        let taken = try ComponentServer(domain: "example.org", logs: folder.logs)
        let file = """
            registry: \(folder.path)/registry.sqlite
            operations: {listen: "127.0.0.1:\(taken.port)"}
            gateways: {loopback.example.org: {secret: s, adapter: loopback}}
            """
        let (end, output) = try await Martlet.run([command, "--config"], configuration: file)
        #expect(end == .exited(command == "check" ? 78 : 1), "\(output)")
        #expect(output.contains("operations.listen: cannot listen on 127.0.0.1:\(taken.port)"), "\(output)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/registry.sqlite"))
        let missing = file.replacing(folder.path, with: folder.path + "/none")
        let other = try await Martlet.run([command, "--config"], configuration: missing)
        #expect(
            other.end == .exited(78) && other.output.contains("registry: is in the folder \(folder.path)/none, which"))
        folder.remove()
    }
}
