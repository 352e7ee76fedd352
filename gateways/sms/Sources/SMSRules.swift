import Basics
import GatewayKit

/// The rules of the text message network that need no connection: its form and its addresses.
///
/// All addresses are on one network, `sms`. The number that the user sends from decides which of the operator's
/// provider accounts carries a message. Addresses do not show the account.
package struct SMSRules: NetworkRules {
    package static let network = NetworkID("sms")
    /// The name of the login form's only field, and of the setting that holds the number.
    package static let numberKey = "phone"

    let addresses: PhoneAddresses
    private let numbers: Set<E164>
    private let owners: [E164: UserID]
    private let isRegistrationOpen: Bool
    private let quarantine: Duration
    private let accounts: [E164: ProviderAccount]
    private let honoursConsent: Bool
    private let replacesPunctuation: Bool

    package init(settings: SMSSettings) {
        addresses = PhoneAddresses(
            plan: NumberPlan(defaultRegion: settings.defaultRegion),
            shortCodeContext: settings.numbers.first?.shortCodeContext)
        numbers = Set(settings.numbers)
        owners = settings.owners
        isRegistrationOpen = settings.isRegistrationOpen
        quarantine = settings.quarantine
        honoursConsent = settings.consentWords != nil
        replacesPunctuation = settings.replacesPunctuation
        accounts = Dictionary(
            settings.accounts.flatMap { account in account.numbers.map { ($0, account) } },
            uniquingKeysWith: { a, _ in a })
    }

    package var networks: [NetworkID] { [Self.network] }

    package var description: AdapterDescription {
        var description = AdapterDescription(
            id: "sms", name: "SMS", gatewayIdentity: .init("gateway", "sms"), peerIdentity: .init("client", "sms"),
            roomIdentity: nil, registration: .required, delivery: .stored, sessions: .withUser,
            loginForm: [
                FormField(
                    Self.numberKey, label: "Phone number to send from", required: true, unique: true,
                    quarantine: quarantine)
            ],
            loginInstructions:
                "Enter the phone number that the operator of this gateway has given you, with its country code.",
            promptDescription: "Please enter your contact's phone number", promptLabel: "Phone Number")
        description.optOutHint = honoursConsent ? ConsentWords.startHint : nil
        description.countsMessages = accounts.values.contains { $0.limits?.counts ?? false }
        return description
    }

    package func charge(
        for content: Content, to address: Address, login: [String: String], at now: Timestamp
    ) -> Charge? {
        guard let number = login[Self.numberKey].flatMap({ E164($0) }) else { return nil }
        return accounts[number]?.charge(for: content, to: address, from: number, at: now)
    }

    package func estimate(of text: String) -> [String]? {
        TextEstimate(of: text, replacesPunctuation: replacesPunctuation).lines
    }

    package func reaction(in text: String) -> TextReaction? { PhoneReaction.read(text) }

    private func account(of login: [String: String]) -> ProviderAccount? {
        login[Self.numberKey].flatMap { E164($0) }.flatMap { accounts[$0] }
    }

    package func address(localpart: String) throws(AddressError) -> Address {
        if localpart == Self.network.rawValue { return .network(Self.network) }
        return Self.address(try addresses.correspondent(localpart: localpart))
    }

    package func localpart(of address: Address) -> String {
        switch address {
        case .network(let network): network.rawValue
        case .peer(let peer): peer.name
        case .room(let room): room.name
        }
    }

    package func normalize(_ typed: String) throws(AddressError) -> Address {
        if typed == Self.network.rawValue { return .network(Self.network) }
        return Self.address(try addresses.correspondent(typed: typed))
    }

    /// Checks that the number is one of the operator's. Whether another user has it is the core's concern.
    package func check(login values: [String: String]) throws(Failure) -> [String: String] {
        let typed = (values[Self.numberKey] ?? "").trimmed
        guard !typed.isEmpty else {
            throw Failure(.notAcceptable, "Enter the phone number that you want to send from.").about(Self.numberKey)
        }
        guard let number = try own(typed) else {
            throw Failure(
                .notAcceptable,
                "\(PhoneAddresses.shown(typed)) is not a number of this gateway. Ask its operator for yours."
            ).about(Self.numberKey)
        }
        return [Self.numberKey: number.rawValue]
    }

    package func owner(of login: [String: String]) -> UserID? {
        login[Self.numberKey].flatMap { E164($0) }.flatMap { owners[$0] }
    }

    package var assignments: [UniqueValue: UserID] {
        Dictionary(uniqueKeysWithValues: owners.map { (UniqueValue(Self.numberKey, $0.rawValue), $1) })
    }

    /// Throws unless the user may register the number. A number with an owner is for that user alone. Any other number
    /// is for everybody, if the operator allows that. Both refusals have the same text, so that they reveal nothing.
    package func authorize(_ login: [String: String], by user: UserID) throws(Failure) {
        let number = login[Self.numberKey].flatMap { E164($0) }
        let owner = number.flatMap { owners[$0] }
        guard owner == user || (owner == nil && isRegistrationOpen) else {
            throw Failure(
                .forbidden,
                "\(number?.rawValue ?? "This number") has not been given to you. Ask the operator of this gateway for"
                    + " a number."
            ).about(Self.numberKey)
        }
    }

    package func network(for settings: [String: String]) -> NetworkID? { Self.network }

    package func title(of peer: PeerAddress) -> String {
        switch Correspondent(localpart: peer.name) {
        case .number(let number)?: addresses.plan.shown(number)
        case .shortCode(let digits, _)?: digits
        case .named(let digits)?: Correspondent.name(ofDigits: digits) ?? "Sender"
        case .withheld?: "Hidden number"
        case nil: peer.name
        }
    }

    package func examples(on network: NetworkID) -> [Address] {
        [.peer(PeerAddress(network: network, name: "+15557654320"))]
    }

    package func kind(of peer: PeerAddress) -> String? { Self.kind(peer) }

    static func kind(_ peer: PeerAddress) -> String? { Correspondent(localpart: peer.name)?.kind }

    static func address(_ correspondent: Correspondent) -> Address {
        .peer(PeerAddress(network: network, name: correspondent.localpart))
    }

    /// The operator's number for a typed text. It compares digits first, because an operator may have a number that no
    /// numbering plan knows.
    private func own(_ typed: String) throws(Failure) -> E164? {
        if let number = E164(typed.filter { !" -.()".contains($0) }), numbers.contains(number) { return number }
        do {
            guard case .number(let number) = try addresses.correspondent(typed: typed) else { return nil }
            return numbers.contains(number) ? number : nil
        } catch {
            throw Failure(.notAcceptable, error.text).about(Self.numberKey)
        }
    }
}
