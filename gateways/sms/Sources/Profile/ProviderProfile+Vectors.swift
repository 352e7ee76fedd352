import GatewayKit
import HTTP

extension ProviderProfile {
    /// The public address of the hooks in the tests of a profile.
    static let vectorAddress = "https://gateway.example/sms/sms.example/main"

    /// Runs the tests that the profile carries, and reports each failed test at its place in the file. Also reports a
    /// profile that has no test for sending, or none for one of its hooks.
    package func runVectors(problems: ConfigProblems) {
        var tested: Set<String> = []
        for vector in vectors {
            switch vector.subject {
            case .send(let send):
                tested.insert("send")
                check(send, of: vector).forEach { problems.add(problem(vector, $0)) }
            case .hook(let hook):
                tested.insert(hook.hook)
                check(hook, of: vector).forEach { problems.add(problem(vector, $0)) }
            case .media(let file):
                tested.insert("media")
                check(file, of: vector).forEach { problems.add(problem(vector, $0)) }
            case .none: break
            }
        }
        let parts = ["send"] + hooks.keys.sorted() + (media == nil ? [] : ["media"])
        for part in parts where !tested.contains(part) {
            let place = vectors.first?.place ?? ConfigPlace(file: id + ".yaml", line: 1, column: 1)
            problems.add(ConfigProblem(at: place, key: "tests", "no test for '\(part)'"))
        }
    }

    private func problem(_ vector: ProfileVector, _ text: String) -> ConfigProblem {
        ConfigProblem(at: vector.place, key: "tests", "'\(vector.name)': \(text)")
    }

    private func settings(of vector: ProfileVector) -> (ProviderSettings, [String]) {
        let entries = vector.settings.map {
            ConfigNode.Entry(key: $0, keyPlace: vector.place, value: ConfigNode(.scalar($1), at: vector.place))
        }
        let problems = ConfigProblems()
        let reader = ConfigReader(
            ConfigNode(.map(entries), at: vector.place), path: "settings", problems: problems,
            secrets: SecretSources(environment: { _ in nil }, file: { _ in "" }))
        let settings = ProviderSettings(self.settings, reading: reader)
        return (settings, problems.all.filter { $0.severity == .error }.map { "\($0.key): \($0.text)" })
    }

    private func check(_ send: OutboundVector, of vector: ProfileVector) -> [String] {
        let (settings, problems) = settings(of: vector)
        guard problems.isEmpty else { return problems }
        guard let from = E164(send.from), let to = Correspondent(localpart: send.to) else {
            return ["'from' and 'to' are addresses such as +15551234567"]
        }
        var wrong: [String] = []
        if let expected = send.request {
            let message = OutboundText(
                ref: RequestID(send.ref), from: from, to: to, text: MessageText.outbound(send.text), media: send.media)
            do {
                let hooks = HookAddresses(base: Self.vectorAddress, from: from)
                wrong += expected.differences(
                    to: try request(for: message, settings: settings, hooks: hooks, now: send.now, token: "TOKEN"))
            } catch {
                wrong.append("refused: \(error.text)")
            }
        }
        if let response = send.response, let expected = send.outcome {
            let outcome = outcome(of: response, settings: settings)
            let line = VectorDifference.line("outcome", expected: expected, seen: outcome.vectorText)
            if let line { wrong.append(line) }
            if let facts = send.facts {
                wrong += VectorDifference.lines(of: "facts", expected: facts, seen: outcome.vectorFacts)
            }
        }
        return wrong
    }

    private func check(_ vector: MediaVector, of test: ProfileVector) -> [String] {
        let (settings, problems) = settings(of: test)
        guard problems.isEmpty else { return problems }
        let request = media?.request(for: vector.url, settings: settings)
        switch (request, vector.request) {
        case (let request?, let expected?): return expected.differences(to: request)
        case (nil, nil): return []
        case (nil, _?): return ["expected a request, seen a refusal: the URL is not at a host of 'media.hosts'"]
        case (_?, nil): return ["expected a refusal, seen a request"]
        }
    }

    private func check(_ vector: HookVector, of test: ProfileVector) -> [String] {
        let (settings, problems) = settings(of: test)
        guard problems.isEmpty else { return problems }
        let url = Self.vectorAddress + "/" + vector.hook
        let result = call(
            hook: vector.hook, vector.request, url: url, now: vector.now, settings: settings,
            certificate: { _ in vector.certificate.map { Array($0.utf8) } })
        switch (result, vector.events) {
        case (.failure(let refusal), nil):
            let line = VectorDifference.line("refused", expected: vector.refused, seen: refusal.vectorText)
            return line.map { [$0] } ?? []
        case (.failure(let refusal), _?):
            return ["expected an event, seen a refusal: \(refusal.vectorText) (\(refusal.words))"]
        case (.success, nil): return ["expected a refusal ('\(vector.refused ?? "")'), seen an accepted call"]
        case (.success(let proven), let expected?):
            let answer = proven.reply.map { String(decoding: $0.body, as: UTF8.self) }
            let others = [
                VectorDifference.line("answer", expected: vector.answer, seen: answer),
                VectorDifference.line("confirms", expected: vector.confirms, seen: proven.confirmation),
            ].compactMap(\.self)
            return others + Self.differences(expected.filter { !$0.isEmpty }, proven.events.map(\.vectorFields))
        }
    }

    private static func differences(_ expected: [[String: String]], _ seen: [[String: String]]) -> [String] {
        guard expected.count == seen.count else {
            return ["expected \(expected.count) events, seen \(seen.count)"]
        }
        return zip(expected, seen).enumerated().flatMap { index, pair in
            let place = expected.count == 1 ? "event" : "events[\(index)]"
            return VectorDifference.lines(of: place, expected: pair.0, seen: pair.1)
        }
    }
}

extension OutboundVector.Expected {
    fileprivate func differences(to request: HTTPRequest) -> [String] {
        let sides = request.url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var wrong = [
            method.flatMap { VectorDifference.line("method", expected: $0, seen: request.method.rawValue) },
            url.flatMap { VectorDifference.line("url", expected: $0, seen: sides[0]) },
        ].compactMap { $0 }
        if let query {
            let seen = Self.fields(Array((sides.count > 1 ? sides[1] : "").utf8))
            wrong += VectorDifference.lines(of: "query", expected: query, seen: seen)
        }
        if let form {
            wrong += VectorDifference.lines(of: "form", expected: form, seen: Self.fields(request.body ?? []))
        }
        if let json {
            let seen = try? JSONReader.read(request.body ?? [])
            wrong += VectorDifference.lines(of: "json", expected: json, seen: seen)
        }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            let sent = request.headers.first { $0.0.lowercased() == name.lowercased() }?.1
            if let line = VectorDifference.line("headers." + name, expected: value, seen: sent) { wrong.append(line) }
        }
        return wrong
    }

    private static func fields(_ bytes: [UInt8]) -> [String: String] {
        let fields = FormFields(decoding: bytes)?.all ?? []
        return Dictionary(fields.map { ($0.name, $0.value) }, uniquingKeysWith: { $0 + "," + $1 })
    }
}

extension SendOutcome {
    fileprivate var vectorFacts: [String: String] {
        guard case .accepted(_, let facts) = self else { return [:] }
        return ["parts": facts.parts.map(String.init), "price": facts.price].compactMapValues { $0 }
    }

    fileprivate var vectorText: String {
        switch self {
        case .accepted(let id, _): return id.map { "accepted " + $0 } ?? "accepted"
        case .refusedAccount: return "pause"
        case .failed(let failure):
            guard case .after(let wait) = failure.retry else { return failure.kind.rawValue }
            return "\(failure.kind.rawValue) after \(wait.components.seconds)"
        }
    }
}

extension HookRefusal {
    fileprivate var vectorText: String {
        switch self {
        case .unknownHook: "unknown_hook"
        case .wrongMethod: "wrong_method"
        case .unverified: "unverified"
        case .needsCertificate: "needs_certificate"
        case .replayed: "replayed"
        case .malformed: "malformed"
        }
    }
}

extension HookEvent {
    fileprivate var vectorFields: [String: String] {
        let fields: [String: String?] =
            switch self {
            case .inbound(let text):
                [
                    "id": text.id, "from": text.from, "to": text.to, "text": text.text,
                    "at": text.sentAt.flatMap { Int(exactly: $0.secondsSince1970.rounded(.down)) }.map(String.init),
                    "media": text.media.isEmpty ? nil : text.media.map(\.url).joined(separator: " "),
                    "media_types": text.media.mediaTypes,
                    "consent": text.consent?.rawValue,
                    "part": text.part.map { "\($0.reference) \($0.number)/\($0.count)" },
                ]
            case .status(let report):
                [
                    "ref": report.ref, "id": report.id, "number": report.number, "part": report.part,
                    "state": report.state?.rawValue,
                    "error": report.error?.rawValue, "words": report.errorText, "price": report.facts.price,
                ]
            }
        return fields.compactMapValues { $0 }
    }
}

extension [InboundMedia] {
    /// The types and sizes that the provider names; nil if it names none.
    fileprivate var mediaTypes: String? {
        guard contains(where: { $0.type != nil || $0.size != nil }) else { return nil }
        return map { ($0.type ?? "?") + ($0.size.map { ";\($0)" } ?? "") }.joined(separator: " ")
    }
}
