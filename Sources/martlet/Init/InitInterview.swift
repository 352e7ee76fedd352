import Basics

/// Completes the answers to `martlet init`: asks for the missing ones on a terminal, or takes their defaults.
struct InitInterview {
    /// Nil to ask nothing.
    let terminal: (any InitTerminal)?
    let providers: ProviderForms
    /// The names of the IRC networks that ship with Martlet.
    let networks: [String]
    /// The folder against which relative paths count.
    let presentFolder: String
    /// Reads the file of a secret.
    let readFile: (String) throws -> String
    let makeSecret: () -> String

    /// - Throws: `AnswerFault` if an option is wrong or missing, or the terminal's input ends.
    func answers(_ draft: InitDraft) throws -> InitAnswers {
        let folder = try AnswerReading.folder(draft.folder, in: presentFolder)
        let usualData = folder == InitDraft.usualFolder ? InitDraft.usualData : "\(folder)/data"
        let data = try AnswerReading.folder(draft.data ?? usualData, in: presentFolder)
        let domain = try value("domain", draft.domain, "Domain of your XMPP server", fallback: nil) {
            try AnswerReading.domain($0)
        }
        let software = try value(
            "software", draft.software, "XMPP server: prosody, ejabberd or openfire", fallback: "prosody"
        ) { try AnswerReading.software($0) }
        let usual = software.usualAddress
        let server = try value(
            "server", draft.server, "Address at which it accepts components", fallback: "\(usual)"
        ) { try AnswerReading.endpoint($0, like: usual) }
        let gateways = try gateways(draft, below: domain)
        let admin = try value("admin", draft.admin, "JID of the operator, or - for none", fallback: "-") {
            try $0 == "-" ? "" : AnswerReading.bareJID($0)
        }
        return InitAnswers(
            domain: domain, software: software, server: server, admin: admin.isEmpty ? nil : admin,
            gateways: gateways, folder: folder, data: data)
    }

    private func gateways(_ draft: InitDraft, below domain: String) throws -> [PlannedGateway] {
        let isAsking = !draft.namesGateways
        var gateways: [PlannedGateway] = []
        var taken: [String] { [domain] + gateways.map(\.domain) }
        if draft.irc != nil || isAsking {
            let irc = try gateway("irc", draft.irc, "Domain of the gateway to IRC", "irc.\(domain)", besides: taken)
            if !irc.isEmpty { gateways.append(PlannedGateway(domain: irc, network: .irc(try ircNetworks(draft)))) }
        }
        if draft.sms != nil || isAsking && terminal != nil {
            let sms = try gateway("sms", draft.sms, "Domain of the gateway to SMS", "-", besides: taken)
            if !sms.isEmpty {
                gateways.append(PlannedGateway(domain: sms, network: .sms(try provider(draft, below: domain))))
            }
        }
        let usual = isAsking && terminal != nil ? "-" : "loopback.\(domain)"
        if draft.hasLoopback || isAsking && terminal != nil {
            let loopback = try gateway(
                "loopback", draft.hasLoopback ? usual : nil, "Domain of a gateway to try clients, without a network",
                usual, besides: taken)
            if !loopback.isEmpty { gateways.append(PlannedGateway(domain: loopback, network: .loopback)) }
        }
        guard !gateways.isEmpty else {
            throw AnswerFault("at least one gateway is needed: --irc DOMAIN, --sms DOMAIN or --loopback")
        }
        return gateways
    }

    /// The domain of a gateway; empty for none.
    private func gateway(
        _ flag: String, _ given: String?, _ question: String, _ usual: String, besides taken: [String]
    ) throws -> String {
        try value(flag, given, "\(question), or - for none", fallback: usual) {
            try $0 == "-" ? "" : AnswerReading.gateway($0, besides: taken)
        }
    }

    private func ircNetworks(_ draft: InitDraft) throws -> [String] {
        try value("networks", draft.networks, "IRC networks, separated by commas", fallback: "libera") {
            try AnswerReading.names($0, of: networks, kind: "network")
        }
    }

    private func provider(_ draft: InitDraft, below domain: String) throws -> ProviderAnswers {
        let form = try value("provider", draft.provider, "Provider of text messages", fallback: nil) {
            try providers.form($0)
        }
        let publicURL = try value(
            "public-url", draft.publicURL, "URL by which the provider reaches this machine",
            fallback: form.provider == "kannel" ? "http://127.0.0.1:8088" : "https://gw.\(domain)"
        ) { try AnswerReading.publicURL($0) }
        let numbers = try value(
            "numbers", draft.numbers, "Numbers with their users (+15550100=alice@\(domain),+15550101)", fallback: nil
        ) { try AnswerReading.numbers($0) }
        let given = try GivenSettings(draft.settings, of: form, readFile: readFile)
        let settings = try form.fields.compactMap { field in try setting(field, given) }
        return ProviderAnswers(provider: form.provider, settings: settings, numbers: numbers, publicURL: publicURL)
    }

    private func setting(_ field: ProviderForms.Field, _ given: GivenSettings) throws -> ProviderAnswers.Setting? {
        let text = given.values[field.name]
        guard text != nil || field.isRequired else { return nil }
        let made = field.isInvented ? makeSecret() : nil
        let hint = field.isInvented ? " (Enter makes one)" : ""
        let value = try value(
            "setting \(field.name)=", text, "\(field.name) of the provider\(hint)", fallback: made,
            isSecret: field.isSecret
        ) { value in
            if let flaw = field.flaw(value) { throw AnswerFault(field.isSecret ? flaw : "'\(value)': \(flaw)") }
            return value
        }
        return ProviderAnswers.Setting(name: field.name, value: value, isSecret: field.isSecret)
    }

    /// One answer. A wrong option ends the program; a wrong answer on the terminal is asked for again.
    private func value<Value>(
        _ flag: String, _ given: String?, _ question: String, fallback: String?, isSecret: Bool = false,
        _ read: (String) throws -> Value
    ) throws -> Value {
        if let given {
            do {
                return try read(given)
            } catch { throw AnswerFault("--\(flag): \(error)") }
        }
        guard let terminal else {
            guard let fallback else { throw AnswerFault("--\(flag) is missing: \(question)") }
            return try read(fallback)
        }
        let shown = isSecret ? "" : fallback.map { " [\($0)]" } ?? ""
        while let typed = terminal.ask("\(question)\(shown): ", isSecret: isSecret) {
            do {
                if let text = typed.isEmpty ? fallback : typed { return try read(text) }
                terminal.say("An answer is needed here.")
            } catch {
                terminal.say("\(error)")
            }
        }
        throw AnswerFault("the input has ended before the last question")
    }
}
