import Foundation
import ServerRig
import Testing

extension Continuity {
    @Test("a shutdown ends the connections of both sides in good order, with exit code 0")
    func shutdown() async throws {
        try await Stage.with(Plan(networks: [.ngircd])) { deployment in
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)

            let end = await deployment.martlet.daemon.stop()

            #expect(end == .exited(0))
            let gone = try await meeting.anna.expect("\(meeting.nick) to go") {
                ["PART", "QUIT"].contains($0.command) && $0.source == meeting.nick
            }
            #expect(gone.last.isEmpty == false)
            let lost = try await meeting.alice.expectOccupant(meeting.nick, in: meeting.room, "unavailable")
            #expect(Set(lost.statusCodes) == ["110", "332"])
            #expect(lost.child("status", "jabber:client")?.text.isEmpty == false)
        }
    }

    @Test("a program that is told to end during its start ends with exit code 0")
    func shutdownWhileStarting() async throws {
        let folder = try RigFolder()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        let server = try ComponentServer(domain: "template.example.org", logs: folder.logs)
        // With this many gateways, the last ones are not set up yet when the first one has its connection.
        let gateways = (1...100).map { number in
            """
              t\(number).example.org:
                server: 127.0.0.1:\(server.port)
                secret: \(number)
                adapter: template

            """
        }
        let martlet = try Martlet(
            "registry: \(folder.path)/registry.sqlite\naccess: {allow: [example.org]}\ngateways:\n" + gateways.joined(),
            webhookPort: 0, in: folder)
        try await martlet.daemon.start()
        _ = try await server.events.first("a connection", within: .patience) { $0 == "connection" }

        let end = await martlet.daemon.stop()

        #expect(end == .exited(0), "\(martlet.log)")
        #expect(martlet.log.contains("stopped"))
    }
}
