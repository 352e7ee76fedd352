import Foundation
import ServerRig

/// The programs of a run: Martlet with one SMS gateway, an XMPP server of our own, and a provider.
struct Site {
    let folder: RigFolder
    let home: Home
    let martlet: Martlet
    let kannel: Kannel?
    let webhookPort: Int

    static func start(kannel withKannel: Bool, providerPort: Int?, webhookPort: Int) async throws -> Site {
        let folder = try RigFolder()
        let home = try Home()
        try folder.write(Numbers.token + "\n", to: "webhook.secret", mode: 0o600)
        try folder.write("secret\n", to: "sms.secret", mode: 0o600)
        let inbound = Numbers.inboundAddress(port: webhookPort, domain: Home.gateway)
        let kannel =
            withKannel
            ? try await Kannel.start(in: folder, inbound: inbound, smsc: ScriptedSMSC(logs: folder.logs)) : nil
        let base = kannel?.sendPort ?? providerPort ?? 9
        let ports = (webhooks: webhookPort, operations: try Port.free())
        let martlet = try Martlet(
            configuration(folder.path, home: home.port, base: base, ports),
            webhookPort: webhookPort, operationsPort: ports.operations, in: folder)
        try await martlet.daemon.start()
        try await poll("Martlet to connect", failure: { martlet.log }) { home.isConnected ? () : nil }
        try await poll("Martlet to listen", failure: { martlet.log }) {
            (try? await martlet.health())?.status == 200 ? () : nil
        }
        return Site(folder: folder, home: home, martlet: martlet, kannel: kannel, webhookPort: webhookPort)
    }

    func stop() async {
        await martlet.daemon.stop()
        await kannel?.stop()
        try? FileManager.default.removeItem(atPath: folder.path)
    }

    func usage() async throws -> ProcessUsage {
        guard let pid = await martlet.daemon.pid else { throw LoadFailure("Martlet has ended\n\(martlet.log)") }
        return try ProcessUsage(pid: pid)
    }

    /// Processor time of both of Kannel's processes; 0 without Kannel.
    func kannelProcessor() async throws -> Double {
        var sum = 0.0
        for daemon in [kannel?.bearerbox, kannel?.smsbox] {
            if let pid = await daemon?.pid { sum += try ProcessUsage(pid: pid).processor }
        }
        return sum
    }

    private static func configuration(
        _ folder: String, home: Int, base: Int, _ ports: (webhooks: Int, operations: Int)
    ) -> String {
        """
        registry: \(folder)/registry.sqlite
        access: {allow: [\(Home.domain)]}
        http: {listen: "127.0.0.1:\(ports.webhooks)", public-url: "http://127.0.0.1:\(ports.webhooks)"}
        operations: {listen: "127.0.0.1:\(ports.operations)"}
        limits: {stanzas-per-second: 100000, stanza-burst: 1000000}
        log: {level: notice}
        gateways:
          \(Home.gateway):
            server: 127.0.0.1:\(home)
            secret: {file: \(folder)/sms.secret}
            adapter: sms
            sms:
              default-region: US
              open-registration: true
              accounts:
                main:
                  provider: kannel
                  settings:
                    base: http://127.0.0.1:\(base)
                    username: \(Kannel.phoneUser.name)
                    password: \(Kannel.phoneUser.password)
                    token: {file: \(folder)/webhook.secret}
                  numbers: [\(Numbers.ofPhones.map { "\"\($0)\"" }.joined(separator: ", "))]

        """
    }
}
