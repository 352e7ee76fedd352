import Basics
import GatewayKit
import Registry

/// A simple registry in memory for tests: user data, the entries of the ledger, and the deduplication keys of inbound
/// messages. Time, claims on unique values and failures are not modelled.
package struct StoreModel {
    /// The stored data of each user.
    package private(set) var users: [UserID: UserRecord] = [:]
    /// The outbound entries, in any state.
    package var ledger: [RequestID: OutboundEntry] = [:]
    /// The values of the gateway itself.
    package private(set) var kept: [KeptValue] = []
    /// The restrictions that operators have set, by subject.
    package private(set) var restrictions: [String: Restriction] = [:]
    /// The operators' commands, oldest first.
    package private(set) var acts: [OperatorAct] = []
    /// The people who have opted out, by localpart. The model assumes one user with one unique value.
    private var optOuts: [String: OptOut] = [:]
    private var inboundKeys: Set<String> = []
    /// Inbound messages, oldest first. A message is open until the home server has it.
    private var inbound: [(entry: InboundEntry, isOpen: Bool)] = []

    package init() {}

    /// A registry with the accounts and outbound entries of a snapshot, and with these contacts.
    package init(_ snapshot: GatewaySnapshot, contacts: [ContactRecord] = []) {
        for account in snapshot.accounts { save(account) }
        for contact in contacts { update(contact.user) { $0.contacts.append(contact) } }
        kept = snapshot.kept
        for entry in snapshot.outbound { ledger[entry.id] = entry }
        inbound = snapshot.inbound.map { ($0, true) }
    }

    /// The stored data of a user; empty if the registry has none.
    package func record(of user: UserID) -> UserRecord {
        var record = users[user] ?? UserRecord(user: user)
        let sent = ledger.values.filter {
            $0.account.user == user && $0.originID != nil && $0.state != .failed && $0.state != .unknown
        }
        record.sent = sent.sorted { $0.createdAt > $1.createdAt }.prefix(UserRecord.mostSent).map {
            UserRecord.SentID(originID: $0.originID ?? "", recipient: $0.recipient, at: $0.createdAt)
        }
        return record
    }

    /// Answers a query as a store does. Nil for a type of query that the model does not support.
    package func answer(_ query: any StoreQuery) -> (any Sendable)? {
        switch query {
        case let query as ContactPage: page(query)
        case let query as ContactCount:
            subscriptions.count { !query.onlyGateway || $0.localpart.isEmpty }
        case let query as SentMessages: sent(query)
        case let query as UserQuery: record(of: query.user)
        case let query as PersonalDataQuery:
            PersonalData(
                record: record(of: query.user),
                sent: sent(SentMessages(gateway: query.gateway, user: query.user, limit: query.messages)))
        case let query as UserPage: page(query)
        case let query as OperatorActs: Array(acts.reversed().prefix(query.limit))
        case is QueueCounts: queueCounts
        case let query as OptOutPage: page(query)
        case is OptOutCount: optOuts.count
        case let query as UniqueValueOwner: Optional<any Sendable>.some(owner(of: query.value))
        case let query as MisplacedValues:
            query.assignments.compactMap { value, user in owner(of: value).flatMap { $0 == user ? nil : $0 } }
        case let query as OpenInbound: open(query)
        default: nil
        }
    }

    private func owner(of value: UniqueValue) -> UserID? {
        users.values.first { $0.accounts.contains { $0.settings[value.field] == value.value } }?.user
    }

    /// The addresses that users are subscribed to and have not blocked.
    private var subscriptions: [ContactRecord] {
        users.values.flatMap { user in
            user.contacts.filter {
                $0.isSubscribed && !user.blocked.contains(BlockedAddress(localpart: $0.localpart))
            }
        }
    }

    private func page(_ query: ContactPage) -> [ContactRecord] {
        let all = subscriptions.filter { !query.onlyGateway || $0.localpart.isEmpty }
            .sorted { ($0.user.rawValue, $0.localpart) < ($1.user.rawValue, $1.localpart) }
        let rest = all.drop { contact in
            guard let last = query.after else { return false }
            return (contact.user.rawValue, contact.localpart) <= (last.user.rawValue, last.localpart)
        }
        return Array(rest.prefix(query.limit))
    }

    private func page(_ query: OptOutPage) -> [OptOut] {
        let rest = optOuts.values.sorted { $0.localpart < $1.localpart }
            .filter { $0.localpart > query.after?.localpart ?? "" }
        return Array(rest.prefix(query.limit))
    }

    private func page(_ query: UserPage) -> [KnownUser] {
        let found = users.values.filter { record in
            record.user.rawValue.contains(query.containing) && record.user.rawValue > query.after?.rawValue ?? ""
                && !(record.accounts.isEmpty && record.contacts.isEmpty)
        }
        let known = found.sorted { $0.user.rawValue < $1.user.rawValue }.prefix(query.limit)
        return known.map { record in
            KnownUser(
                user: record.user, isRegistered: record.accounts.contains { $0.network == nil },
                contacts: record.contacts.count(where: \.isSubscribed))
        }
    }

    private var queueCounts: [QueueCount] {
        let outbound = ledger.values.compactMap { entry in
            QueueCount.State(rawValue: entry.state.rawValue).map { (entry.account.network, $0, entry.createdAt) }
        }
        let waiting = inbound.filter(\.isOpen).map {
            ($0.entry.account.network, QueueCount.State.inbound, $0.entry.receivedAt)
        }
        let groups = Dictionary(grouping: outbound + waiting) { "\($0.0.rawValue) \($0.1.rawValue)" }
        return groups.sorted { $0.key < $1.key }.compactMap { _, group in
            group.map(\.2).min().map {
                QueueCount(network: group[0].0, state: group[0].1, messages: group.count, oldest: $0)
            }
        }
    }

    private func open(_ query: OpenInbound) -> [InboundEntry] {
        let start = inbound.firstIndex { $0.entry.id == query.after }.map { $0 + 1 } ?? 0
        let rest = inbound[start...].filter(\.isOpen).map(\.entry)
        return Array(rest.filter { query.user == nil || $0.account.user == query.user }.prefix(query.limit))
    }

    private func sent(_ query: SentMessages) -> [SentMessage] {
        let own = ledger.values.filter { $0.account.user == query.user }.sorted { $0.createdAt > $1.createdAt }
        return own.prefix(query.limit).map { SentMessage($0, failure: nil) }
    }

    private mutating func update(_ user: UserID, _ change: (inout UserRecord) -> Void) {
        change(&users[user, default: UserRecord(user: user)])
    }
}

// MARK: - Changes

extension StoreModel {
    /// Makes a change and replies as a store does. Changes that the model does not support do nothing.
    package mutating func apply(_ change: Change) -> ChangeReply {
        switch change {
        case .appendOutbound(let entry): ledger[entry.id] = entry
        case .advance(let id, let state, let foreignID, let notBefore, _, let time, let account):
            return .outbound(advance(id, to: state, foreignID, notBefore, time, by: account))
        case .appendInbound(let entry):
            guard inboundKeys.insert(entry.deduplicationKey).inserted else { return .inserted(false) }
            inbound.append((entry, true))
            if let consent = entry.consent { note(consent, of: entry.localpart, at: entry.receivedAt) }
            return .inserted(true)
        case .handOver(let order):
            if order.line != nil, let optOut = optOuts[order.localpart] { return .refused(.optedOut(optOut)) }
            return .outbound(advance(order.id, to: .handing, nil, nil, order.at, by: nil))
        case .finishInbound(let ids):
            for index in inbound.indices where ids.contains(inbound[index].entry.id) { inbound[index].isOpen = false }
        case .reported: break
        case .other(let change): apply(change.value)
        }
        return .done
    }

    private mutating func apply(_ change: any StoreChange) {
        switch change {
        case let change as SaveAccount: save(change.account)
        case let change as RemoveAccount:
            update(change.user) { $0.accounts.removeAll { $0.network == change.network } }
        case let change as RemoveUser:
            users[change.user] = nil
            inbound.removeAll { $0.entry.account.user == change.user }
        case let change as SaveContact:
            update(change.contact.user) { person in
                person.contacts.removeAll { $0.localpart.hasSameBytes(as: change.contact.localpart) }
                person.contacts.append(change.contact)
            }
        case let change as RemoveContact:
            update(change.contact.user) { person in
                person.contacts.removeAll { $0.localpart.hasSameBytes(as: change.contact.localpart) }
            }
        case let change as SavePeer:
            update(change.peer.user) { person in
                person.peers.removeAll { $0.localpart == change.peer.localpart }
                person.peers.append(change.peer)
            }
        case let change as ChangeBlocks:
            update(change.user) { person in
                person.blocked.removeAll { change.unblocked.contains($0) || change.blocked.contains($0) }
                person.blocked += change.blocked
            }
        case let change as KeepValues: keep(change)
        case let change as ChangeRestrictions:
            for subject in change.lifted { restrictions[subject] = nil }
            for restriction in change.set { restrictions[restriction.subject] = restriction }
        case let change as NoteFacts: note(change)
        case let change as NoteConsent: note(change.note, of: change.localpart, at: change.at)
        case let change as LiftOptOut: optOuts[change.localpart] = nil
        case let change as RecordAct: acts.append(change.act)
        case let change as MoveUser: move(change)
        default: break
        }
    }

    /// The error with which a store refuses a change; nil if it makes the change.
    package func refusal(of change: Change) -> RegistryError? {
        guard case .other(let change) = change, let move = change.value as? MoveUser else { return nil }
        let sent = ledger.values.filter { $0.account.user == move.to }
        let isKnown = users[move.to].map { $0 != UserRecord(user: move.to) } ?? false
        if isKnown || !sent.isEmpty || inbound.contains(where: { $0.entry.account.user == move.to }) {
            return .conflict(key: "accounts")
        }
        let isWaiting = ledger.values.contains {
            $0.account.user == move.from && ($0.state == .waiting || $0.state == .handing)
        }
        return isWaiting ? .conflict(key: MoveUser.waitingMessages) : nil
    }

    private mutating func move(_ change: MoveUser) {
        for index in inbound.indices where inbound[index].entry.account.user == change.from {
            let network = inbound[index].entry.account.network
            inbound[index].entry.account = AccountID(user: change.to, network: network)
        }
        for (id, entry) in ledger where entry.account.user == change.from {
            ledger[id]?.account = AccountID(user: change.to, network: entry.account.network)
            ledger[id]?.sender = change.to.rawValue
        }
        guard var record = users.removeValue(forKey: change.from) else { return }
        record.user = change.to
        for index in record.accounts.indices { record.accounts[index].user = change.to }
        record.contacts.removeAll { !$0.isSubscribed }
        for index in record.contacts.indices {
            record.contacts[index].user = change.to
            record.contacts[index].reverse = .none
        }
        for index in record.peers.indices { record.peers[index].user = change.to }
        users[change.to] = record
    }

    /// Records whether a person allows further messages.
    private mutating func note(_ note: ConsentNote, of localpart: String, at time: Timestamp) {
        switch note.consent {
        case .withdrawn:
            optOuts[localpart] = OptOut(line: note.line, localpart: localpart, since: time, source: .person)
        case .given: optOuts[localpart] = nil
        }
    }

    private mutating func keep(_ change: KeepValues) {
        func apply(to values: inout [KeptValue]) {
            for (key, value) in change.values {
                values.removeAll { $0.purpose == change.purpose && $0.place == change.place && $0.key == key }
                if let value {
                    values.append(KeptValue(change.purpose, place: change.place, key: key, value: value))
                }
            }
        }
        guard let user = change.user else { return apply(to: &kept) }
        update(user) { apply(to: &$0.kept) }
    }

    private mutating func note(_ change: NoteFacts) {
        guard var entry = ledger[change.id], entry.account == change.account else { return }
        switch change.facts.stage {
        case .sent where [.waiting, .handing, .accepted].contains(entry.state): entry.facts.stage = .sent
        case .rejected where ![.delivered, .failed].contains(entry.state): entry.facts.stage = .rejected
        case .expired where ![.delivered, .failed].contains(entry.state): entry.facts.stage = .expired
        default: break
        }
        entry.facts.parts = change.facts.parts ?? entry.facts.parts
        entry.facts.price = change.facts.price ?? entry.facts.price
        ledger[change.id] = entry
    }

    private mutating func save(_ account: AccountRecord) {
        update(account.user) { person in
            person.accounts.removeAll { $0.network == account.network }
            person.accounts.append(account)
        }
    }

    private mutating func advance(
        _ id: RequestID, to state: OutboundEntry.State, _ foreignID: MessageID?, _ notBefore: Timestamp?,
        _ time: Timestamp, by account: AccountID?
    ) -> OutboundEntry? {
        guard var entry = ledger[id], entry.account == account ?? entry.account,
            Self.mayMove(entry, to: state)
        else { return nil }
        entry.state = state
        entry.foreignID = foreignID ?? entry.foreignID
        entry.notBefore = notBefore
        entry.updatedAt = time
        if state == .handing { entry.attempts += 1 }
        if state == .failed || state == .unknown { entry.wasDoubted = true }
        ledger[id] = entry
        return entry
    }

    private static func mayMove(_ entry: OutboundEntry, to: OutboundEntry.State) -> Bool {
        switch (entry.state, to) {
        case (.waiting, .handing), (.handing, .waiting), (.handing, .unknown), (.handing, .accepted): true
        case (.waiting, .failed), (.handing, .failed), (.accepted, .failed): true
        case (.waiting, .delivered), (.handing, .delivered), (.accepted, .delivered), (.unknown, .delivered): true
        case (.unknown, .failed): true
        case (.failed, .delivered): entry.facts.parts ?? 1 == 1
        default: false
        }
    }
}
