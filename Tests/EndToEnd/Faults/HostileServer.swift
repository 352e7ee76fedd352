import ServerRig
import Testing

extension Faults {
    /// A stanza of one user that is over a limit.
    struct Excess: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let content: String
    }

    static let excesses = [
        Excess(
            testDescription: "5 MB", content: "<body>" + String(repeating: "a", count: 5_000_000) + "</body>"),
        Excess(
            testDescription: "1,000 levels deep",
            content: String(repeating: "<a>", count: 1000) + String(repeating: "</a>", count: 1000)),
        Excess(
            testDescription: "5 MB in one attribute",
            content: "<body a='" + String(repeating: "a", count: 5_000_000) + "'>hello</body>"),
    ]

    @Test("a stanza over a limit is refused to its sender, and other users are not affected")
    func excess() async throws {
        try await Self.withScene { scene in
            try await scene.join("alice")
            try await scene.join("mallory")
            let anna = try await IRCUser("anna", port: scene.port, logs: scene.folder.logs)
            try await anna.join("#harbour")
            for (number, what) in Faults.excesses.enumerated() {
                try scene.say(what.content, as: "mallory", id: "too-much-\(number)")
                try scene.say("<body>is all well? \(number)</body>", as: "alice", id: "well-\(number)")

                let refusal = try await scene.server.expect(
                    "<message", "too-much-\(number)", "mallory@example.org/desk")
                #expect(refusal.isError, "\(what.testDescription): \(refusal)")
                try await anna.expectMessage("is all well? \(number)", from: "alice", to: "#harbour")
                try await scene.server.expect("<message", "well-\(number)", "alice@example.org/desk", "groupchat")
                #expect(
                    scene.server.events.present { $0 != "connection" }.isEmpty,
                    "\(what.testDescription) broke the stream")
            }
        }
    }

    @Test("malformed XML ends the stream with an error text, and users need not rejoin on the next stream")
    func malformed() async throws {
        try await Self.withScene { scene in
            try await scene.join("alice")
            let anna = try await IRCUser("anna", port: scene.port, logs: scene.folder.logs)
            try await anna.join("#harbour")
            let faults = ["<message from='alice@example.org/desk'><body>&</nobody>", "<message><!-- a --></message>"]
            for (number, text) in faults.enumerated() {
                try scene.server.send(text)
                try await scene.server.expect("stream:error")
                try anna.say("after \(text)", to: "#harbour")
                try await scene.server.awaitStream()

                try await scene.server.expect("<message", "after", "alice@example.org/desk")
                try scene.say("<body>still here</body>", as: "alice", id: "still-\(number)")
                try await anna.expectMessage("still here", from: "alice", to: "#harbour")
            }
            #expect(anna.lines.present { ["JOIN", "PART", "QUIT"].contains($0.command) }.isEmpty)
        }
    }

    static func withScene(port: Int? = nil, _ body: (ComponentScene) async throws -> Void) async throws {
        let scene = try await ComponentScene.start(port: port)
        do {
            try await body(scene)
        } catch {
            await scene.stop()
            throw error
        }
        await scene.stop()
    }
}

extension ComponentServer.Stanza {
    var isError: Bool { has("type='error'") || has("type=\"error\"") }
}
