import Foundation

/// Martlet between a scripted XMPP server, which sends whatever a test wants, and an IRC server, real or scripted.
package final class ComponentScene: Sendable {
    package let folder: RigFolder
    package let server: ComponentServer
    /// The port of the IRC server.
    package let port: Int
    package let martlet: Martlet
    private let network: Ngircd?

    /// Starts everything, and ngIRCd too if no other IRC server is given by `port`. Returns when Martlet has its
    /// stream.
    package static func start(port: Int? = nil) async throws -> ComponentScene {
        let scene = try await ComponentScene(port)
        try await scene.martlet.daemon.start()
        try await scene.server.awaitStream()
        return scene
    }

    private init(_ port: Int?) async throws {
        folder = try RigFolder()
        server = try ComponentServer(domain: "irc.example.org", logs: folder.logs)
        let network = port == nil ? try await Ngircd.start(in: folder) : nil
        self.network = network
        self.port = port ?? network?.port ?? 0
        let secret = try folder.write("secret\n", to: "irc.secret", mode: 0o600)
        let connection = "address: \"127.0.0.1:\(self.port)\", tls: off, private-addresses: allow"
        martlet = try Martlet(
            """
            registry: \(folder.path)/registry.sqlite
            access: {allow: [example.org]}
            log: {level: info}
            gateways:
              irc.example.org:
                server: 127.0.0.1:\(server.port)
                secret: {file: \(secret)}
                adapter: irc
                irc:
                  networks:
                    ngircd: {\(connection)}

            """, webhookPort: 0, in: folder)
    }

    package func stop() async {
        await martlet.daemon.stop()
        await network?.daemon.stop()
        try? FileManager.default.removeItem(atPath: folder.path)
    }

    package let room = "#harbour%ngircd@irc.example.org"

    /// A user enters the room.
    package func join(_ name: String) async throws {
        let joining = "<x xmlns='http://jabber.org/protocol/muc'/>"
        try server.send("<presence from='\(name)@example.org/desk' to='\(room)/\(name)'>\(joining)</presence>")
        try await server.expect("<presence", "\(name)@example.org/desk", "110")
    }

    /// A user says something in the room.
    package func say(_ body: String, as name: String, id: String) throws {
        try server.send(
            "<message type='groupchat' from='\(name)@example.org/desk' to='\(room)' id='\(id)'>\(body)</message>")
    }
}
