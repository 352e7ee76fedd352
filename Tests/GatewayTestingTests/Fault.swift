/// One way to break the contract, and the rule that the suite must report.
enum Fault: String, CaseIterable, Sendable {
    case silentOnKick, acceptsTwice, claimsToKick, wrongKindOfFailure, hidesLeave, joinedAfterAccepted, echoesOwnWords
    case doneTwice, neverDone, speaksAfterDone, unknownRequest, deliveredFirst, foreignNetwork, wordlessFailure
    case localpartOfAnother, takesAnything, keepsUnknownFields, oneFormPasses, eventOfUnknownRoom, tellsSecret,
        losesMessages, losesRoomMessages
    case announcesLate, announcesTwice, writesDropped, losesFallback, acceptsQuestion, answersTwice, readsTwice,
        reportsUnannounced

    var rule: String {
        switch self {
        case .silentOnKick, .acceptsTwice, .unknownRequest, .deliveredFirst, .acceptsQuestion, .answersTwice,
            .readsTwice:
            "every request gets one `accepted`, `answer` or `failed`"
        case .claimsToKick, .writesDropped, .losesFallback, .reportsUnannounced:
            "requests end as the announced capabilities say"
        case .wrongKindOfFailure: "a rejected request fails as `unsupported`"
        case .hidesLeave, .joinedAfterAccepted: "an event shows the effect of a request before `accepted`"
        case .echoesOwnWords, .eventOfUnknownRoom: "events of rooms fit together"
        case .doneTwice, .neverDone: "close calls `done` exactly once"
        case .speaksAfterDone: "no event is emitted after `done`"
        case .foreignNetwork: "events have addresses of the session's own network only"
        case .wordlessFailure: "a failure has a text for the user"
        case .localpartOfAnother: "address(localpart: localpart(of: a)) == a"
        case .takesAnything: "a text that cannot be an address is refused"
        case .keepsUnknownFields: "check(login:) keeps fields of the form only"
        case .oneFormPasses: "check(login:) refuses CR, LF, NUL and 3,000 bytes"
        case .tellsSecret: "a failure shows no secret"
        case .losesMessages, .losesRoomMessages: "a message arrives once, from its address, as it was written"
        case .announcesLate: "a session announces its capabilities before anything else"
        case .announcesTwice: "capabilities are announced when they change"
        }
    }
}
