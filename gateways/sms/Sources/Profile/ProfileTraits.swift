/// Properties of a profile that follow from its rules, found once when the profile is read.
struct ProfileTraits: Sendable {
    /// Whether the request contains `msg.tag`, `msg.is_ucs2` and `hook.events`.
    let usesTag: Bool
    let usesUCS2: Bool
    let usesEvents: Bool
    /// Whether messages can carry pictures and other files (`msg.media`).
    let sendsMedia: Bool
    /// Whether each part of a message has reports of its own.
    let countsParts: Bool
    /// Whether reports name messages by the provider's id only, so that the ids have to be remembered.
    let matchesByID: Bool

    init(_ request: RequestRule, _ cases: [HookCase]) {
        let names = request.names
        usesTag = names.contains("msg.tag")
        usesUCS2 = names.contains("msg.is_ucs2")
        usesEvents = names.contains("hook.events")
        sendsMedia = names.contains("msg.media")
        let reports = cases.compactMap { rule in
            if case .status(let fields) = rule.fields { fields } else { nil }
        }
        countsParts = reports.contains { $0.part != nil }
        matchesByID = reports.contains(where: \.needsID)
    }
}
