/// Kannel: bearerbox and smsbox, with one SMSC that is our phone network (`PhoneNetwork`), and one that scripts the
/// fate of each message (`ScriptedSMSC`).
package struct Kannel: Sendable {
    package let bearerbox: Daemon
    package let smsbox: Daemon
    /// The port of smsbox's sendsms.
    package let sendPort: Int
    /// The port at which the phone network (fake SMSC) connects.
    package let phonePort: Int
    let scriptedPort: Int
    private let statusPort: Int

    /// Users of sendsms with their passwords.
    package static let phoneUser = (name: "martlet", password: "kannel-password")
    package static let scriptedUser = (name: "scripted", password: "scripted-password")

    /// `inbound` is the whole address that Kannel calls for a message from a phone, with Kannel's own placeholders.
    package static func start(in folder: RigFolder, inbound: String, smsc: ScriptedSMSC) async throws -> Kannel {
        let home = try folder.make("kannel")
        for user in [phoneUser, scriptedUser] {
            try folder.write(user.password + "\n", to: "kannel-\(user.name).secret", mode: 0o600)
        }
        try folder.write(Numbers.token + "\n", to: "webhook.secret", mode: 0o600)
        return try await retryingBusyPorts {
            let ports = try Ports()
            let file = try folder.write(
                configuration(home: home, ports: ports, inbound: inbound, smsc: smsc), to: "kannel/kannel.conf")
            let bearerbox = Daemon(
                "bearerbox",
                Daemon.Command(
                    arguments: ["/usr/sbin/bearerbox", "-v", "1", file], folder: home,
                    readiness: [.ports([ports.status, ports.box])]), in: folder)
            let smsbox = Daemon(
                "smsbox",
                Daemon.Command(
                    arguments: ["/usr/sbin/smsbox", "-v", "1", file], folder: home,
                    readiness: [.ports([ports.send])]), in: folder)
            let kannel = Kannel(
                bearerbox: bearerbox, smsbox: smsbox, sendPort: ports.send, phonePort: ports.phone,
                scriptedPort: ports.scripted, statusPort: ports.status)
            smsc.report(to: ports.scripted)
            try await kannel.start()
            return kannel
        }
    }

    package func start() async throws {
        try await bearerbox.start()
        try await smsbox.start()
        try await awaitBox()
    }

    package func stop() async {
        await smsbox.stop()
        // With messages in its queue, bearerbox ignores the first SIGTERM. Killing it is safe: its store is a file.
        await bearerbox.stop(patience: .seconds(2))
    }

    /// smsbox registers with bearerbox some time after its start, and messages flow only after that.
    private func awaitBox() async throws {
        try await poll("smsbox to be online at bearerbox") {
            let status = try? await HTTPExchange.get(port: statusPort, "/status.txt?password=status")
            return status?.body.contains("smsbox:") == true ? () : nil
        }
    }

    private struct Ports: Sendable {
        let status: Int
        let box: Int
        let send: Int
        let phone: Int
        let scripted: Int

        init() throws {
            status = try Port.free()
            box = try Port.free()
            send = try Port.free()
            phone = try Port.free()
            scripted = try Port.free()
        }
    }

    private static func configuration(
        home: String, ports: Ports, inbound: String, smsc: ScriptedSMSC
    ) -> String {
        """
        group = core
        admin-port = \(ports.status)
        admin-interface = 127.0.0.1
        admin-password = admin
        status-password = status
        smsbox-port = \(ports.box)
        smsbox-interface = 127.0.0.1
        box-deny-ip = "*.*.*.*"
        box-allow-ip = "127.0.0.1"
        dlr-storage = internal
        store-type = file
        store-location = "\(home)/store"

        group = smsc
        smsc = fake
        smsc-id = phones
        allowed-smsc-id = phones
        host = 127.0.0.1
        port = \(ports.phone)
        connect-allow-ip = 127.0.0.1

        group = smsc
        smsc = http
        smsc-id = scripted
        allowed-smsc-id = scripted
        system-type = kannel
        smsc-username = up
        smsc-password = uppw
        port = \(ports.scripted)
        connect-allow-ip = 127.0.0.1
        send-url = "http://127.0.0.1:\(smsc.port)/cgi-bin/sendsms"
        dlr-url = "http://127.0.0.1:\(ports.scripted)/?username=up&password=uppw"

        group = smsbox
        bearerbox-host = 127.0.0.1
        bearerbox-port = \(ports.box)
        sendsms-port = \(ports.send)
        sendsms-interface = 127.0.0.1
        sendsms-chars = "0123456789 +-"
        http-request-retry = 100
        http-queue-delay = 1
        max-pending-requests = 64
        mo-recode = true

        group = sendsms-user
        username = \(phoneUser.name)
        password = \(phoneUser.password)
        user-allow-ip = "127.0.0.1"
        forced-smsc = phones
        max-messages = 10
        concatenation = true
        omit-empty = true

        group = sendsms-user
        username = \(scriptedUser.name)
        password = \(scriptedUser.password)
        user-allow-ip = "127.0.0.1"
        forced-smsc = scripted
        max-messages = 10
        concatenation = true

        group = sms-service
        keyword = default
        catch-all = true
        max-messages = 0
        omit-empty = true
        accept-x-kannel-headers = false
        assume-plain-text = true
        get-url = "\(inbound)"

        """
    }
}
