import GatewayKit
import NIOCore

/// Lists of masks that a channel keeps: bans, exceptions, quiets.
extension IRCClient {
    /// Names one list of one channel.
    struct ListName: Hashable {
        let channel: FoldedName
        let list: RoomList
    }

    /// The most entries of a list that are read. Further ones are dropped.
    static let listLimit = 2_000

    /// RPL_BANLIST, RPL_EXCEPTLIST, RPL_INVITELIST and RPL_QUIETLIST, and the ends of these lists.
    static let listHandlers: [HandlerRow] =
        [(367, RoomList.bans), (348, .banExceptions), (346, .inviteExceptions)].map { number, list in
            HandlerRow(number, least: 3) { $0.receivedEntry($1, of: list, mask: 2) }
        }
        + [(368, RoomList.bans), (349, .banExceptions), (347, .inviteExceptions), (729, .quiets)].map { number, list in
            HandlerRow(number, least: 2) { $0.receivedEnd($1, of: list) }
        }
        // RPL_QUIETLIST has the letter of the mode before the mask.
        + [HandlerRow(728, least: 4) { $0.receivedEntry($1, of: .quiets, mask: 3) }]

    /// Asks the server for a list. `answerList` answers the request. The name of the list is the request's
    /// `secondName`.
    mutating func askList(_ list: RoomList, of room: RoomAddress, _ id: RequestID) {
        guard let mode = mode(of: list) else { return failUnsupported(id) }
        guard let channel = joined(room, id), let target = MiddleParameter(channel.name) else { return }
        let letter = String(UnicodeScalar(mode))
        guard let word = MiddleParameter("+" + letter) else { return }
        let failure = outbox.submit(
            id, .modeList, target: fold(channel.name), secondName: fold(list.rawValue),
            lines: CollectionOfOne((line: OutboundLine(.mode, target, word), text: "")))
        if let failure { fail(id, failure) }
    }

    private mutating func receivedEntry(_ line: Inbound, of list: RoomList, mask: Int) {
        let name = ListName(channel: fold(line.parameters[1]), list: list)
        guard isAwaited(name), lists[name]?.count ?? 0 < IRCClient.listLimit else { return }
        let parameters = line.parameters
        let author = parameters.count > mask + 1 ? Source(parameters[mask + 1]).name : nil
        let time = parameters.count > mask + 2 ? Double(parameters[mask + 2]) : nil
        lists[name, default: []].append(
            ListEntry(
                parameters[mask], author: author.map { PlainText.withoutFormatting($0) },
                setAt: time.flatMap { (0...1e11).contains($0) ? Timestamp(secondsSince1970: $0) : nil }))
    }

    private mutating func receivedEnd(_ line: Inbound, of list: RoomList) {
        let target = fold(line.parameters[1])
        settle(outbox.eventObserved(.modeList, target: target, secondName: fold(list.rawValue)), now: line.now)
    }

    private func isAwaited(_ name: ListName) -> Bool {
        let secondName = fold(name.list.rawValue)
        return outbox.inFlight.contains {
            $0.request.kind == .modeList && $0.request.target == name.channel && $0.request.secondName == secondName
        }
    }

    /// Answers a question for a list with the entries that have come.
    mutating func answerList(_ request: OpenRequest) {
        if request.secondName == settingsMark { return answerSettings(request) }
        guard let id = request.id,
            let list = RoomList.allCases.first(where: { fold($0.rawValue) == request.secondName })
        else { return }
        let entries = lists.removeValue(forKey: ListName(channel: request.target, list: list)) ?? []
        emit(.answer(id, .list(entries)))
    }

    /// Drops the entries that have come for a question that has failed.
    mutating func dropList(_ request: OpenRequest) {
        let mapping = support.caseMapping
        lists = lists.filter { name, _ in
            name.channel != request.target || mapping.fold(name.list.rawValue) != request.secondName
        }
    }
}
