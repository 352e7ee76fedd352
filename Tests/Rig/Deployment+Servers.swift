extension Deployment {
    static func startHome(_ plan: Plan, in folder: RigFolder) async throws -> any XMPPServer {
        switch plan.home {
        case .prosody: try await Prosody.start(in: folder, domain: plan.domain, hasLowPort: plan.hasLowClientPort)
        case .ejabberd: try await Ejabberd.start(in: folder, hasDirectTLS: plan.hasDirectTLS)
        }
    }

    static func startNetworks(
        _ plan: Plan, in folder: RigFolder
    ) async throws -> [Plan.Network: any IRCServer] {
        var servers: [Plan.Network: any IRCServer] = [:]
        for network in plan.networks {
            switch network {
            case .ngircd: servers[network] = try await Ngircd.start(in: folder, plan)
            case .inspircd: servers[network] = try await InspIRCd.start(in: folder, plan)
            case .hybrid: servers[network] = try await IrcdHybrid.start(in: folder, curve: plan.curve)
            }
        }
        return servers
    }

    static func startTelephony(
        _ plan: Plan, webhookPort: Int, in folder: RigFolder
    ) async throws -> Telephony? {
        guard plan.hasPhones else { return nil }
        let carrier = try ScriptedSMSC(logs: folder.logs)
        let webhook = Numbers.inboundAddress(port: webhookPort, domain: "sms." + plan.domain)
        let kannel = try await Kannel.start(in: folder, inbound: webhook, smsc: carrier)
        return Telephony(
            kannel: kannel, phones: try PhoneNetwork(kannel: kannel, logs: folder.logs), carrier: carrier)
    }
}
