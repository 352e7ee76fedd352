import ServerRig
import Testing

extension Rooms {
    @Test(
        "service discovery tells the modes that a channel had before the entry",
        arguments: [
            ("+i", ["muc_membersonly", "muc_unmoderated", "muc_unsecured"]), ("+s", ["muc_hidden", "muc_open"]),
            ("+k sesame", ["muc_passwordprotected", "muc_public"]),
            ("+n", ["muc_open", "muc_public", "muc_unsecured"]),
        ])
    func properties(mode: String, expected: [String]) async throws {
        let deployment = try Stage.deployment
        let channel = deployment.unique("#modes")
        let anna = try await deployment.ircUser("anna", on: .inspircd)
        try await anna.join(channel)
        let alice = try await deployment.user("alice")
        try anna.send("MODE \(channel) \(mode)")
        try anna.send("INVITE \(alice.account.name) \(channel)")
        try await anna.fence()
        let room = deployment.address(channel, on: .inspircd)
        if mode == "+i" {
            try anna.send("MODE \(channel) -i")
            try await anna.fence()
        }
        try await alice.join(room, as: alice.account.name, password: "sesame")
        if mode == "+i" { try anna.send("MODE \(channel) +i") }
        // The answer to a MODE that anna asks for comes after ours.
        let end = ContinuousClock.now + .seconds(10)
        var known: Set<String> = []
        while !known.isSuperset(of: expected), ContinuousClock.now < end {
            known = try await features(of: room, for: alice)
            try await anna.fence()
        }
        #expect(known.isSuperset(of: expected))
        anna.disconnect()
        try await alice.disconnect()
    }
}
