import GatewayKit
import HTTP

extension ProviderProfile {
    /// The version of the schema that this code reads.
    static let version = 1

    static let messageNames: Set<String> = [
        "msg.ref", "msg.tag", "msg.from", "msg.to", "msg.text", "msg.media", "msg.parts", "msg.is_gsm7",
        "msg.is_ucs2",
    ]

    /// Reads a profile. Every fault is reported at its place; with a fault the result is nil.
    package init?(reading node: ConfigNode, problems: ConfigProblems, secrets: SecretSources) {
        let own = ConfigProblems()
        let reader = ConfigReader(node, path: "", problems: own, secrets: secrets)
        let profile = Self.read(reader)
        own.all.forEach(problems.add)
        guard let profile, !own.hasErrors else { return nil }
        self = profile
    }

    private static func read(_ reader: ConfigReader) -> ProviderProfile? {
        defer { reader.finish() }
        guard reader.integer("profile", in: 1...Int.max) == version else {
            reader.report("profile", "'profile: \(version)' is expected: the version of the schema")
            return nil
        }
        let id = reader.requiredString("id") ?? ""
        let name = reader.string("name") ?? id
        _ = reader.string("docs")
        let settings = reader.map("settings").map { ProviderSetting.all(reading: $0) } ?? []
        let states = reader.map("states").map(states) ?? [:]
        let limits = reader.map("capabilities").map(Limits.init) ?? Limits()
        let (sends, receives) = reader.map("numbers").map(numbers) ?? (.plus, .plus)
        let pace = reader.map("rate").flatMap { SendRate(reading: $0) }
        let accountPace = reader.map("account_rate").flatMap { SendRate(reading: $0) }
        let settingNames = Set(settings.map(\.name))
        let hooks = reader.map("hooks").map { Self.hooks($0, names: settingNames, states: states) } ?? [:]
        let vectors = reader.readers("tests").map(ProfileVector.init)
        guard let send = reader.map("send") else {
            reader.report("send", "required, but missing")
            return nil
        }
        let addresses = Set(settings.filter { $0.kind == .url }.map(\.name))
        let poll = reader.map("poll").flatMap {
            PollRule(reading: $0, names: settingNames, addresses: addresses, states: states)
        }
        let media = reader.map("media").flatMap { MediaRule(reading: $0, names: settingNames) }
        let names = settingNames.union(messageNames).union(hooks.keys.map { "hook." + $0 })
        let response = ResponseRule(reading: send, states: states)
        let request = send.map("request").flatMap {
            RequestRule(reading: $0, names: names, addresses: addresses)
        }
        if !send.has("request") { send.report("request", "required, but missing") }
        if response.isRepeatable, let request, request.names.isDisjoint(with: ["msg.ref", "msg.tag"]) {
            send.report("idempotent", "the request must contain {{msg.ref}} or {{msg.tag}}, by which repeats are known")
        }
        let binary = Set(settings.filter { $0.kind == .base64 }.map(\.name))
        for case .azure(let key)? in [request?.signature, poll?.request.signature]
        where !binary.isSuperset(of: key.names) {
            send.report("request", "the key of 'azure' is base64: give its setting 'kind: base64'")
        }
        send.finish()
        guard let request else { return nil }
        return ProviderProfile(
            id: id, name: name, settings: settings, limits: limits, sends: sends, receives: receives, pace: pace,
            accountPace: accountPace, request: request, response: response, hooks: hooks, poll: poll,
            media: media, vectors: vectors,
            traits: ProfileTraits(request, hooks.values.flatMap(\.cases) + (poll?.events.cases ?? []))
        )
    }

    private static func numbers(_ reader: ConfigReader) -> (NumberForm, NumberForm) {
        defer { reader.finish() }
        let sends = reader.choice("send", of: NumberForm.self) ?? .plus
        if sends == .national { reader.report("send", "'national' is only for 'recv'") }
        return (sends, reader.choice("recv", of: NumberForm.self) ?? .plus)
    }

    private static func states(_ reader: ConfigReader) -> [String: DeliveryState] {
        reader.words(allowed: DeliveryState.allCases.map(\.rawValue)).compactMapValues(DeliveryState.init(rawValue:))
    }

    private static func hooks(
        _ reader: ConfigReader, names: Set<String>, states: [String: DeliveryState]
    ) -> [String: HookRule] {
        defer { reader.finish() }
        var hooks: [String: HookRule] = [:]
        for name in HookRule.Name.allCases {
            hooks[name.rawValue] = reader.map(name.rawValue).flatMap {
                HookRule(reading: $0, name: name, names: names, states: states)
            }
        }
        return hooks
    }
}

extension ProviderProfile.Limits {
    init(reading reader: ConfigReader) {
        defer { reader.finish() }
        longestText = reader.integer("max_text", in: 1...100_000)
        mostParts = reader.integer("max_parts", in: 1...255)
        shortCodes = reader.boolean("shortcodes") ?? false
        reports = reader.boolean("dlr") ?? false
    }
}

extension SendRate {
    /// Reads `{per_second, burst}`, and finishes the reader.
    ///
    /// - Parameter perSecondKey: `per_second` in profiles; the configuration writes `per-second`.
    init?(reading reader: ConfigReader, perSecondKey: String = "per_second") {
        defer { reader.finish() }
        let perSecond = reader.number(perSecondKey, in: 0.001...10_000)
        let burst = reader.integer("burst", in: 1...10_000) ?? 1
        guard let perSecond else {
            if !reader.has(perSecondKey) { reader.report(perSecondKey, "required, but missing") }
            return nil
        }
        self.init(perSecond: perSecond, burst: burst)
    }
}
