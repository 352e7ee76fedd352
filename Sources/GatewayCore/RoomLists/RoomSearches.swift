import GatewayKit
import XML
import XMPP

/// Searches for rooms of a network (XEP-0433), at the addresses at which `RoomLists` lists them.
final class RoomSearches: Feature {
    private static let id: FeatureID = "room searches"
    /// The number of rooms on a page if the searcher names none.
    private static let usual = 50

    private let kernel: Kernel
    private let home: HomeStream
    private let lists: RoomLists
    /// Limits the searches of each user. A search reads the whole list of a network.
    private var allowances = Allowances(burst: 5, perSecond: 0.5)

    /// A search that the network has not answered.
    private struct Pending: Note {
        let sender: Sender
        let limit: Int
    }

    init(_ kernel: Kernel, _ home: HomeStream, _ lists: RoomLists) {
        self.kernel = kernel
        self.home = home
        self.lists = lists
    }

    func register(in routes: inout Routes) {
        routes.query(.get, "search", ChannelSearch.namespace, on: [.gateway, .network], isAdvertised: false) {
            [self] query throws(StanzaError) in try search(query)
        }
        routes.advertise(ChannelSearch.namespace, on: [.gateway, .network]) { [self] in
            lists.network(listedAt: $0.target) != nil
        }
        routes.notes(Self.id, NoteRoutes(outcome: { [self] in ended($0, $1, $2) }))
    }

    private func search(_ query: Query) throws(StanzaError) -> QueryOutcome {
        guard let network = lists.network(listedAt: query.target), let sender = Sender(query.iq.head) else {
            throw .notServed
        }
        let search: ChannelSearch
        do throws(PayloadError) {
            search = try ChannelSearch(query.payload)
        } catch {
            throw error.stanzaError
        }
        guard let form = search.form else { return .result(ChannelSearch(form: RoomSearchForm.empty).element) }
        let wish = search.page ?? ResultSet()
        let page = try PageRequest(wish, most: wish.max == nil ? Self.usual : RoomLists.most)
        guard let wanted = try RoomSearchForm.search(form) else { return .result(FoundChannels([]).element) }
        guard allowances.take(query.from, now: kernel.world.now) else { throw StanzaError.searchedTooOften.ofSearch }
        do throws(StanzaError) {
            let note = Pending(sender: sender, limit: page.limit)
            try lists.ask(wanted, page, of: network, for: query, then: NoteSlip(Self.id, note))
        } catch {
            throw error.ofSearch
        }
        return .answeredLater
    }

    private func ended(_ note: any Note, _ result: Result<Answer?, Failure>, _ user: User) {
        guard let waiting = note as? Pending else { return }
        switch result {
        case .failure(let failure): home.answerQuery(of: waiting.sender, .failure(StanzaError(failure).ofSearch))
        case .success(.rooms(let page)?):
            lists.remember(page.items, of: user)
            home.answerQuery(of: waiting.sender, .success(found(page, limit: waiting.limit).element))
        case .success: home.answerQuery(of: waiting.sender, .failure(.notServed))
        }
    }

    private func found(_ page: Page<RoomListing>, limit: Int) -> FoundChannels {
        let items = page.items.compactMap { room in
            kernel.addresses.passingJID(.room(room.address)).map { address in
                FoundChannels.Item(
                    address, name: room.name, description: room.topic, users: room.occupants,
                    serviceType: RoomSearchForm.serviceType, isOpen: room.isOpen ?? false)
            }
        }
        var resultSet = ResultSet(page)
        resultSet.max = limit
        return FoundChannels(items, page: resultSet)
    }
}

extension StanzaError {
    /// The error with the condition that XEP-0433 demands for too many requests ("Rate Limiting").
    fileprivate var ofSearch: StanzaError {
        guard condition == .resourceConstraint else { return self }
        var error = self
        error.specific = ChannelSearchError.rateLimit.element
        return error
    }
}
