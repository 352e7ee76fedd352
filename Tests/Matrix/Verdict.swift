import ServerRig

/// The fate of the messages of one kill point.
struct Verdict {
    var waves = 0
    var messages = 0
    /// The number of messages that must not be lost: outbound ones in the registry, and all inbound ones, because the
    /// provider has accepted them.
    var kept = 0
    var arrived = 0
    var lost = 0
    var doubled = 0
    /// The number of messages that came again with the same id, or with a second receipt. The receiver can recognise
    /// such a repetition.
    var repeated = 0
    var unknown = 0
    /// The number of recorded messages with a wrong report: no receipt and no error came; or a receipt came although
    /// the message did not arrive; or a failure came although it did arrive.
    var untrue = 0
    /// The number of messages that were not recorded, and whose sender was told.
    var refused = 0
    /// The number of messages that were not recorded, and whose sender was not told. They are possible because a
    /// component stream has no acknowledgements (XEP-0114).
    var lostUnreported = 0

    var isViolated: Bool { lost > 0 || doubled > 0 || untrue > 0 }

    mutating func count(_ entry: Journal.Entry, isOnRecord: Bool) {
        messages += 1
        entry.point.isOut ? countOut(entry, isOnRecord) : countIn(entry)
    }

    private mutating func countOut(_ entry: Journal.Entry, _ isOnRecord: Bool) {
        if entry.arrivals > 0 { arrived += 1 }
        if entry.arrivals > 1 { doubled += 1 }
        repeated += max(0, entry.receipts - 1) + max(0, entry.errors.count - 1)
        guard isOnRecord else {
            if entry.isRefused { refused += 1 } else { lostUnreported += 1 }
            if entry.arrivals > 0 { untrue += 1 }
            return
        }
        kept += 1
        if entry.isUnknown { unknown += 1 }
        if entry.arrivals == 0 && entry.errors.isEmpty { lost += 1 }
        let isSilent = entry.arrivals > 0 && !entry.isAnswered
        let isFalse = entry.arrivals == 0 && entry.receipts > 0 || entry.arrivals > 0 && entry.isRefused
        if isSilent || isFalse { untrue += 1 }
    }

    private mutating func countIn(_ entry: Journal.Entry) {
        kept += 1
        let ids = Set(entry.stanzas)
        if ids.isEmpty { lost += 1 } else { arrived += 1 }
        if ids.count > 1 { doubled += 1 }
        repeated += entry.stanzas.count - ids.count
    }

    static let head = Table(
        "killed when", "kills", "messages", "on record", "arrived", "lost", "doubled", "same again", "unknown told",
        "untrue", "refused", "not taken")

    func cells(_ name: String) -> [String] {
        let numbers = [
            waves, messages, kept, arrived, lost, doubled, repeated, unknown, untrue, refused, lostUnreported,
        ]
        return [name] + numbers.map(String.init)
    }
}
