import GatewayKit
import XML
import XMPP

/// Asks networks about people for other features, and answers the queries when the networks have answered.
final class PeerQuestions: Feature {
    static let id: FeatureID = "peer questions"

    private let kernel: Kernel
    private let home: HomeStream
    private let accounts: Accounts

    /// The query that an answer of the network belongs to.
    enum Pending: Note {
        /// A query for a business card. `name` stands on the card if the network cannot answer.
        case card(Sender, name: String, CardForm)
        case version(Sender)
        case ping(Sender)
        case time(Sender)

        fileprivate var sender: Sender {
            switch self {
            case .card(let sender, name: _, _), .version(let sender), .ping(let sender),
                .time(let sender):
                sender
            }
        }
    }

    init(_ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(outcome: { [self] in ended($0, $1, $2) }))
    }

    /// Asks the network a question about a person. Returns false, and asks nothing, if the user is not connected to the
    /// person's network or if the network does not take such questions.
    ///
    /// - Throws: the refusal, if too many requests of the user wait.
    func ask(_ question: Question, for pending: Pending, of user: User) throws(StanzaError) -> Bool {
        guard case .peer(let peer)? = question.address else { return false }
        let network = accounts.network(of: user, for: peer)
        let grade = accounts.capabilities(of: .peer(peer), on: network, user)?[question.ability]
        guard accounts.isOnline(user, on: network), let grade, grade >= .fallback else { return false }
        let account = accounts.account(of: user, on: network)
        return try accounts.perform(.ask(question), of: user, as: account, then: .note(NoteSlip(Self.id, pending)))
    }

    /// Whether a person is the user. The user's program on the network is the gateway itself, so questions to it are
    /// answered here and not asked.
    func isSelf(_ person: PeerAddress, _ user: User) -> Bool {
        guard let nick = accounts.nick(of: user, on: person.network) else { return false }
        let own = PeerAddress(network: person.network, name: nick.networkNick)
        return (try? kernel.rules.address(localpart: kernel.rules.localpart(of: .peer(own)))) == .peer(person)
    }

    private func ended(_ note: any Note, _ result: Result<Answer?, Failure>, _ user: User) {
        guard let pending = note as? Pending else { return }
        do throws(StanzaError) {
            let payload = try payload(pending, result)
            home.answerQuery(of: pending.sender, .success(payload))
        } catch {
            home.answerQuery(of: pending.sender, .failure(error))
        }
    }

    private func payload(_ pending: Pending, _ result: Result<Answer?, Failure>) throws(StanzaError) -> Element? {
        switch (pending, result) {
        case (.card(_, _, let form), .success(.profile(let profile))): return form.element(VCard(profile))
        // If the network cannot answer, the card has what the gateway knows. Only `notFound` is an error: there is no
        // such person.
        case (.card(_, let name, let form), .failure(let failure)) where failure.kind != .notFound:
            return form.element(VCard(name: name, nickname: name))
        case (.version, .success(.software(let words))): return Version(name: words, version: "").element
        case (.ping, .success): return nil
        case (.time, .success(.time(let reading))):
            return EntityTime(utc: reading.time.secondsSince1970, offset: reading.offset).element
        case (_, .failure(let failure)): throw kernel.error(for: failure)
        case (_, .success): throw StanzaError(.internalServerError)
        }
    }
}

/// The form of a vCard that a client asks for.
enum CardForm: Codable, Sendable {
    /// vcard-temp (XEP-0054).
    case temporary
    /// vCard4 (XEP-0292).
    case version4

    func element(_ card: VCard) -> Element {
        switch self {
        case .temporary: card.element
        case .version4: VCard4(card).element
        }
    }
}

extension VCard {
    /// The facts that a network has told about a person.
    fileprivate init(_ profile: Profile) {
        let facts = profile.details.map { "\($0.label): \($0.value)" }
        let name = profile.displayName.shownNick
        self.init(name: name, nickname: name, about: facts.isEmpty ? nil : facts.joined(separator: "\n"))
    }
}
