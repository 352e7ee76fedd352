import ServerRig

/// A step of the delivery of a text message, at which Martlet is killed.
enum KillPoint: String, CaseIterable, Sendable {
    // Steps of an outbound message.
    case durable = "out: on record"
    case handedOver = "out: request on its way"
    case atProvider = "out: at the provider, not answered"
    case answered = "out: answered, not on record"
    case recorded = "out: answer on record"
    case reportBegun = "out: report on its way"
    case reportRead = "out: report received"
    case reportRecorded = "out: report on record, not answered"
    case receiptLeaves = "out: receipt on its way"
    // Steps of an inbound message.
    case received = "in: webhook received"
    case committed = "in: on record, not answered"
    case acknowledged = "in: answered"
    case leaves = "in: stanza on its way"
    case arrived = "in: stanza sent on, not confirmed"

    var isOut: Bool { rawValue.hasPrefix("out") }

    /// Arms the kill at this step, for the message after the first `skip` ones. Returns nil for a step that only the
    /// registry shows.
    func arm(_ kill: @escaping @Sendable () -> Void, skip: Int, in faults: FaultLines) throws -> FaultRule? {
        func rule(_ proxy: FaultProxy, _ point: FaultPoint) -> FaultRule {
            proxy.arm(.call(kill), at: point, skip: skip)
        }
        let provider = try faults.phones
        return switch self {
        case .durable, .recorded: nil
        case .handedOver: rule(provider, .before("GET /cgi-bin/sendsms", .outward))
        case .atProvider: rule(provider, .before("HTTP/1.1 202", .inward))
        case .answered: rule(provider, .after("Accepted for delivery", .inward))
        case .reportBegun: rule(faults.webhooks, .after("/main/status", .outward))
        case .reportRead, .received: rule(faults.webhooks, .after("\r\n\r\n", .outward))
        case .reportRecorded, .committed: rule(faults.webhooks, .before("HTTP/1.1 200", .inward))
        case .acknowledged: rule(faults.webhooks, .after("\r\n\r\n", .inward))
        case .receiptLeaves, .leaves: rule(faults.stream, .before("<message", .outward))
        case .arrived: rule(faults.stream, .after("</message>", .outward))
        }
    }

    /// Whether the registry shows that `count` more messages have reached the step.
    func isReached(_ count: Int, since before: Int, in records: RegistryView) throws -> Bool {
        try Self.progress(of: self, in: records) >= before + count
    }

    static func progress(of point: KillPoint, in records: RegistryView) throws -> Int {
        point == .recorded
            ? try records.outbound(in: "accepted", "delivered") : try records.outbound()
    }
}
