import Foundation
import ServerRig
import Testing

extension Watching {
    /// Runs a command of the program on the running Martlet.
    private func run(_ command: String, _ arguments: String...) async throws -> (end: ChildProcess.End, output: String)
    {
        let martlet = try Stage.deployment.martlet
        return try await Martlet.run([command] + arguments + ["--config", martlet.configuration])
    }

    @Test("an operator lists, suspends, readmits, exports and deletes users over the socket")
    func users() async throws {
        let deployment = try Stage.deployment
        let alice = try await Subscriber.registered(number: "+12025550131", in: deployment)
        let jid = alice.user.account.jid

        let list = try await run("users", jid)
        #expect(list.end == .exited(0))
        #expect(list.output.contains(jid) && list.output.contains("registered"), "\(list.output)")
        let json = try await run("users", jid, "--gateway", deployment.sms, "--json")
        let reply = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect((reply?["rows"] as? [[String]])?.first?.first == jid)

        #expect(try await run("suspend", jid, "--reason", "a test").output.contains("Suspended: \(jid)."))
        let id = try alice.user.chat("hello", to: alice.address("+12025550189"))
        #expect(
            try await alice.user.expectError("message", id: id, from: alice.address("+12025550189")).error
                == "auth/forbidden")
        #expect(try await run("readmit", jid).end == .exited(0))

        let export = try await run("export", jid, "--gateway", deployment.sms)
        #expect(export.output.contains("+12025550131"))
        let careful = try await run("delete", jid)
        #expect(careful.end == .exited(64) && careful.output.contains("--yes"), "\(careful)")
        #expect(try await run("delete", jid, "--yes", "--gateway", deployment.sms).output.contains("are deleted"))
        #expect(try await run("export", jid, "--gateway", deployment.sms).output.contains("+12025550131") == false)
        let ops = try await deployment.operatorUser()
        #expect(try await ops.ask("acts", at: deployment.sms).contains("console-"), "each command is recorded")
    }

    @Test("announcements reach users, queues are shown, and a user is disconnected")
    func otherCommands() async throws {
        let deployment = try Stage.deployment
        let meeting = try await Meeting.begin(on: .ngircd, in: deployment)
        let jid = meeting.alice.account.jid
        #expect(try await run("announce", "We restart at noon", "--gateway", deployment.irc).end == .exited(0))
        try await meeting.alice.expect("the announcement") { $0.name == "message" && $0.body == "We restart at noon" }
        let queue = try await run("queue")
        #expect(queue.end == .exited(0) && queue.output.contains("wait"), "\(queue)")
        let gone = try await run("disconnect", jid, "--reason", "a test")
        #expect(gone.end == .exited(0) && gone.output.contains("1 user has been disconnected."), "\(gone)")
        try await meeting.anna.expect("\(meeting.nick) to quit") { $0.command == "QUIT" && $0.source == meeting.nick }
    }

    @Test("drain takes no new sessions until it is ended; the level of the log changes at once")
    func drain() async throws {
        let deployment = try Stage.deployment
        let drained = try await run("drain")
        #expect(drained.end == .exited(0) && drained.output.contains("No message waits for the network."), "\(drained)")
        let refused = try await Martlet.run([
            "drain", "--end", "--gateway", "nowhere.org", "--config", deployment.martlet.configuration,
        ])
        #expect(refused.end == .exited(1) && refused.output.contains("There is no gateway 'nowhere.org'"))
        #expect(try await run("drain", "--end").output.contains("works as usual"))
        #expect(try await run("log-level", "info").output.contains("The level of the log is info"))
        #expect(try await run("log-level", "configured").end == .exited(0))
        let reload = try await run("reload")
        #expect(reload.end == .exited(0) && reload.output.contains("The configuration is as before."), "\(reload)")
    }

    @Test("without a running Martlet the command says so, with an exit code of its own")
    func notRunning() async throws {
        let result = try await Martlet.run(["users", "--socket", "/nowhere/control.sock"])
        #expect(result.end == .exited(69) && result.output.contains("No Martlet listens at /nowhere/control.sock"))
    }
}
