import Basics
import GatewayKit
import NIOCore

/// Requests that change a channel by MODE: ranks, lists, settings.
extension IRCClient {
    /// Gives a member exactly this rank: sets its mode, and removes the modes of higher ranks.
    mutating func setRank(_ rank: Rank, of nick: String, in room: RoomAddress, _ id: RequestID) {
        guard let channel = joined(room, id) else { return }
        guard let member = channel.members[fold(nick)] else {
            return fail(id, Failure(.notFound, "There is nobody called \(nick) in \(channel.name)."))
        }
        guard let changes = member.ranks.changes(to: rank, nick: member.nick, support) else {
            return fail(id, Failure(.unsupported, "\(surroundings.title) has no such rank."))
        }
        change(channel, changes, person: member.nick, id)
    }

    /// Adds an entry to a list of a channel, or removes one.
    mutating func changeList(_ list: RoomList, _ pattern: String, adding: Bool, in room: RoomAddress, _ id: RequestID) {
        guard let mode = mode(of: list) else { return failUnsupported(id) }
        guard let channel = joined(room, id) else { return }
        guard IRCClient.isMask(pattern) else {
            guard let target = MiddleParameter(channel.name) else { return failUnsupported(id) }
            let change = MaskRequest.Change.list(mode: mode, adding: adding)
            return changeMask(MaskRequest(id: id, channel: target, nick: pattern, change: change))
        }
        let entry = ModeChange(adding: adding, mode: mode, parameter: pattern)
        change(channel, [entry], person: pattern, id)
    }

    /// Whether a pattern of the core or a typed word is a mask, and not a nick.
    static func isMask(_ pattern: String) -> Bool { pattern.utf8.contains { "!@*?:$~".utf8.contains($0) } }

    /// The mode of a list; nil if the server has no such list.
    func mode(of list: RoomList) -> UInt8? {
        let mode: UInt8 =
            switch list {
            case .bans: UInt8(ascii: "b")
            case .banExceptions: UInt8(ascii: "e")
            case .inviteExceptions: UInt8(ascii: "I")
            case .quiets: UInt8(ascii: "q")
            }
        return support.modes.lists.contains(mode) ? mode : nil
    }

    /// Changes settings of a channel, by the names in `ChannelForm`.
    mutating func set(_ values: [String: SettingValue], in room: RoomAddress, _ id: RequestID) {
        guard let channel = joined(room, id) else { return }
        guard let state = channel.state else { return failUnknownModes(of: channel, id) }
        let form = ChannelForm(state: state, key: channel.key, support: support)
        do throws(Failure) {
            change(channel, try form.changes(to: values), person: nil, id)
        } catch {
            fail(id, error)
        }
    }

    /// Asks the server for the modes of a channel. `answerSettings` answers the question.
    mutating func askSettings(of room: RoomAddress, _ id: RequestID) {
        guard let channel = joined(room, id), let target = MiddleParameter(channel.name) else { return }
        let failure = outbox.submit(
            id, .modeList, target: fold(channel.name), secondName: settingsMark,
            lines: CollectionOfOne((line: OutboundLine(.mode, target), text: "")))
        if let failure { fail(id, failure) }
    }

    /// The `secondName` of a request for the modes of a channel. It distinguishes the request from one for a list of
    /// masks.
    var settingsMark: FoldedName { fold("modes") }

    /// Answers a question for the settings of a channel, when the server has told its modes.
    mutating func answerSettings(_ request: OpenRequest) {
        guard let id = request.id else { return }
        guard let channel = channels[request.target], let state = channel.state else { return failUnsupported(id) }
        let form = ChannelForm(state: state, key: channel.key, support: support)
        emit(.answer(id, .settings(form.settings)))
    }

    private mutating func failUnknownModes(of channel: IRCChannel, _ id: RequestID) {
        let words = "\(surroundings.title) has not told the settings of \(channel.name) yet. Try again in a moment."
        fail(id, Failure(.rateLimited, words))
    }

    /// Fails a request for something that the network does not have.
    mutating func failUnsupported(_ id: RequestID) {
        fail(id, Failure(.unsupported, "\(surroundings.title) does not support this."))
    }

    mutating func change(_ channel: IRCChannel, _ changes: [ModeChange], person: String?, _ id: RequestID) {
        guard !changes.isEmpty else { return accept(id) }
        guard let target = MiddleParameter(channel.name),
            let lines = ModeChange.lines(changes, channel: target, perLine: min(support.modesPerLine ?? 12, 12))
        else {
            let words = "A password, mask or value on IRC has no spaces and no commas, and at most 200 bytes."
            return fail(id, Failure(.notAcceptable, words))
        }
        let failure = outbox.submit(
            id, .mode, target: fold(channel.name), secondName: person.map(support.caseMapping.fold),
            lines: lines.map { ($0, "") })
        if let failure { fail(id, failure) }
    }
}

extension MemberRanks {
    /// The changes that give a member exactly this rank. Nil if the server has no mode for it. Where a server lacks the
    /// rank of an assistant or an owner, the rank of an operator stands in for it.
    fileprivate func changes(to rank: Rank, nick: String, _ support: ServerSupport) -> [ModeChange]? {
        let letters: String =
            switch rank {
            case .none: ""
            case .voiced: "v"
            case .assistant: "ho"
            case .operator: "o"
            case .owner: "aqo"
            }
        let wanted = letters.utf8.first { mode in support.prefixes.contains { $0.mode == mode } }
        guard wanted != nil || rank == .none else { return nil }
        let end = support.prefixes.firstIndex { $0.mode == wanted } ?? support.prefixes.endIndex
        var changes = support.prefixes[..<end].filter { has($0.mode, support: support) }
            .map { ModeChange(adding: false, mode: $0.mode, parameter: nick) }
        if let wanted, !has(wanted, support: support) {
            changes.append(ModeChange(adding: true, mode: wanted, parameter: nick))
        }
        return changes
    }
}
