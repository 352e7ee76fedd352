import GatewayKit

/// A request whose lines have been queued, until it has its outcome. It is a class because its lines share it. Only its
/// `Outbox` changes it.
final class OpenRequest {
    /// Nil if the core did not ask for it, as when a room is entered again.
    let id: RequestID?
    let kind: RequestKind
    private(set) var target: FoldedName
    /// The other name in the request. KICK, INVITE, MODE: a nick or mask, which an error reply may name instead of the
    /// channel. `modeList`: the name of the list, or `IRCClient.settingsMark`.
    private(set) var secondName: FoldedName?
    /// The room or person whose turn its lines take (`Outbox.place`), if that is not `target`. Empty for a line that
    /// names nobody.
    private var otherTurn: FoldedName?
    var turn: FoldedName { otherTurn ?? target }
    /// Whether its outcome may come a little later, so that many lines can share one fence (`FenceDemand`).
    let canShareFence: Bool
    /// The number of lines that wait or are in flight. 0 when the request has its outcome.
    var unsettled: Int
    var wasWritten = false
    /// The number of lines that the network has taken.
    var confirmed = 0
    var messageID: MessageID?
    /// The words of a notice with which the network has answered one of the lines.
    var notice: String?

    /// Whether it is a message to a person. Only requests to people can share a fence.
    var isPrivateMessage: Bool { (kind == .message || kind == .ctcp) && canShareFence }

    /// Folds the names again after the server has changed its case mapping.
    func foldAgain(_ mapping: CaseMapping) {
        target = mapping.fold(target.text)
        secondName = secondName.map { mapping.fold($0.text) }
        otherTurn = otherTurn.map { mapping.fold($0.text) }
    }

    init(
        _ id: RequestID?, _ kind: RequestKind, target: FoldedName, secondName: FoldedName?, turn: FoldedName? = nil,
        canShareFence: Bool, lines: Int
    ) {
        self.id = id
        self.kind = kind
        self.target = target
        self.secondName = secondName
        otherTurn = turn
        self.canShareFence = canShareFence
        unsettled = lines
    }
}
