import Basics
import GatewayKit
import Registry
import XML
import XMPP

/// Searches for people (XEP-0055): among those whom the user knows here, and on the network for a name or number that is
/// written in full. Nobody finds the contacts of others.
final class PeopleSearch: Feature {
    private static let id: FeatureID = "people search"
    /// The name of the field to search in. It is one of XEP-0055, so that clients without forms have it, too.
    private static let field = DirectorySearch.Field.nick
    /// Maximum length of the text to search for, in bytes.
    private static let longest = 200
    /// The number of people on the largest page.
    static let most = 200
    /// The number of occupants that a search reads for one token of the user's allowance.
    private static let occupantsPerToken = 100

    private let kernel: Kernel
    private let home: HomeStream
    private let accounts: Accounts
    private let ledger: Ledger
    private let rooms: Rooms
    private let contacts: Contacts
    /// Limits the searches of each user. A search can ask the network.
    private var allowances = Allowances(burst: 10, perSecond: 0.5)

    /// A search for which the network is asked about a person.
    private struct Pending: Note {
        let sender: Sender
        let text: String
        let person: PeerAddress
        let page: PageRequest?
        let hasForm: Bool
    }

    init(
        _ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts, _ ledger: Ledger, _ rooms: Rooms,
        _ contacts: Contacts
    ) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
        self.ledger = ledger
        self.rooms = rooms
        self.contacts = contacts
    }

    func register(in routes: inout Routes) {
        routes.query(.get, "query", DirectorySearch.namespace, on: .gateway) {
            [self] _ throws(StanzaError) in .result(offer.element)
        }
        routes.query(.set, "query", DirectorySearch.namespace, on: .gateway) {
            [self] query throws(StanzaError) in try search(query)
        }
        routes.notes(Self.id, NoteRoutes(outcome: { [self] in ended($0, $1, $2) }))
    }

    // MARK: The form

    private var offer: DirectorySearch {
        let label = "Name, or \(kernel.description.promptLabel)"
        let words = "Search among the people whom you know here, or write a name or number in full."
        let form = DataForm(
            .form, title: "Search for people", instructions: [words],
            fields: [
                DataForm.formType(DirectorySearch.namespace),
                DataForm.Field(Self.field.rawValue, .textSingle, label: label, isRequired: true),
            ])
        return DirectorySearch(instructions: words, fields: [Self.field: ""], form: form)
    }

    private func text(of search: DirectorySearch) throws(StanzaError) -> String {
        if let form = search.form {
            guard form.type == .submit else { throw .notFilledIn }
            if let type = form.formType, type != DirectorySearch.namespace { throw .notForSearch(type) }
        }
        let text = (search.form?.value(Self.field.rawValue) ?? search.fields[Self.field] ?? "").trimmed
        guard !text.isEmpty, text.utf8.count <= Self.longest else {
            throw StanzaError(.notAcceptable, "Write a name or number of at most \(Self.longest) bytes.")
                .about(Self.field.rawValue)
        }
        return text
    }

    // MARK: The search

    private func search(_ query: Query) throws(StanzaError) -> QueryOutcome {
        guard let sender = Sender(query.iq.head) else { throw .notServed }
        let search: DirectorySearch
        do throws(PayloadError) {
            search = try DirectorySearch(query.payload)
        } catch {
            throw error.stanzaError
        }
        let text = try text(of: search)
        var page: PageRequest?
        if let set = search.page { page = try PageRequest(set, most: Self.most) }
        guard allowances.take(query.user.jid, now: kernel.world.now) else { throw .searchedTooOften }
        let person = person(named: text)
        let hasForm = search.form != nil
        if let person {
            let note = Pending(sender: sender, text: text, person: person, page: page, hasForm: hasForm)
            if try asks(about: person, note, query.user) { return .answeredLater }
        }
        return .result(try result(text, person, query.user, page, hasForm: hasForm))
    }

    /// The person whom a text names in full; nil if it names nobody.
    private func person(named text: String) -> PeerAddress? {
        guard case .peer(let peer)? = try? kernel.rules.normalize(text) else { return nil }
        return peer
    }

    /// Asks the network about a person. Returns false, and asks nothing, if the user is not connected to the network or
    /// if it does not tell.
    private func asks(about person: PeerAddress, _ note: Pending, _ user: User) throws(StanzaError) -> Bool {
        let network = accounts.network(of: user, for: person)
        let grade = accounts.capabilities(of: .peer(person), on: network, user)?[.profile]
        guard accounts.isOnline(user, on: network), let grade, grade >= .fallback else { return false }
        let account = accounts.account(of: user, on: network)
        return try accounts.perform(
            .ask(.profile(person)), of: user, as: account, then: .note(NoteSlip(Self.id, note)))
    }

    private func ended(_ note: any Note, _ outcome: Result<Answer?, Failure>, _ user: User) {
        guard let note = note as? Pending else { return }
        // Only a network that knows of no such person takes the person out of the result.
        var person: PeerAddress? = note.person
        if case .failure(let failure) = outcome, failure.kind == .notFound { person = nil }
        do throws(StanzaError) {
            let result = try result(note.text, person, user, note.page, hasForm: note.hasForm)
            home.answerQuery(of: note.sender, .success(result))
        } catch {
            home.answerQuery(of: note.sender, .failure(error))
        }
    }

    // MARK: The result

    /// The people whom a user knows, with the text in their names or addresses, by raw localpart.
    private func known(_ text: String, _ user: User) -> [ExactText: String] {
        var found: [ExactText: String] = [:]
        func add(_ localpart: String, _ name: String?) {
            let title = kernel.title(of: localpart, displayName: name) ?? localpart
            let isMatch = [localpart, name ?? "", title].contains { $0.lowercased().contains(text.lowercased()) }
            if isMatch { found[ExactText(localpart)] = title }
        }
        for record in ledger.peers(of: user) { add(record.localpart, record.displayName) }
        for localpart in contacts.people(of: user) where found[ExactText(localpart)] == nil {
            add(localpart, ledger.peer(user, localpart)?.displayName)
        }
        var occupants = 0
        for room in rooms.rooms(of: user) {
            occupants += room.occupants.count
            for occupant in room.occupants.values where occupant.nick != room.nick {
                add(kernel.rules.localpart(of: .peer(occupant.address)), occupant.nick.networkNick)
            }
        }
        kernel.stanzaAllowances.charge(user.jid, occupants / Self.occupantsPerToken, now: kernel.world.now)
        return found
    }

    private func result(
        _ text: String, _ person: PeerAddress?, _ user: User, _ page: PageRequest?, hasForm: Bool
    ) throws(StanzaError) -> Element {
        var found = known(text, user)
        if let person {
            let localpart = kernel.rules.localpart(of: .peer(person))
            let name = ledger.peer(user, localpart)?.displayName
            found[ExactText(localpart)] = kernel.title(of: localpart, displayName: name) ?? person.name
        }
        let all = found.compactMap { localpart, name in
            kernel.addresses.jid(localpart: localpart.text).map { DirectorySearch.Item($0, [Self.field: name]) }
        }.sorted { $0.address.description < $1.address.description }
        guard !all.isEmpty else { return DirectorySearch().element }
        let (items, resultSet) = try (page ?? PageRequest(limit: Self.most)).page(of: all) {
            $0.address.description
        }
        var answer = DirectorySearch(items: hasForm ? [] : items)
        if hasForm { answer.form = Self.form(items) }
        if page != nil || items.count < all.count { answer.page = resultSet }
        return answer.element
    }

    private static func form(_ items: [DirectorySearch.Item]) -> DataForm {
        DataForm(
            .result, fields: [DataForm.formType(DirectorySearch.namespace)],
            reported: [
                DataForm.Field("jid", .jidSingle, label: "Address"),
                DataForm.Field(field.rawValue, .textSingle, label: "Name"),
            ],
            items: items.map { item in
                [
                    DataForm.Field("jid", values: [item.address.description]),
                    DataForm.Field(field.rawValue, values: [item.fields[field] ?? ""]),
                ]
            })
    }
}
