import GatewayKit

/// The contacts of one user, and the state of unfinished work on them.
final class ContactsOfUser {
    /// Raw localparts of the contacts; the empty one stands for the gateway itself.
    var localparts: Set<String> = []
    /// The availability of people on live networks, as the networks have told, by raw localpart.
    var availability: [String: Availability] = [:]
    /// Whether a network has been asked to watch contacts.
    var isWatching = false
    /// The networks that will be asked later, because too many requests of the user were waiting.
    var watchesLater: Set<NetworkID> = []
    /// The number of subscriptions that the registry has not answered.
    var pending = 0
    /// Raw localparts that the user has unsubscribed from while subscriptions were pending.
    var withdrawnLocalparts: Set<String> = []
    /// Raw localparts that the current job has not handled yet; nil before its first slice.
    var remainingLocalparts: ArraySlice<String>?
}
