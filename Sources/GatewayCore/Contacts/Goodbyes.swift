/// The progress of the goodbyes: the number of contacts that have been told that the gateway stops, and the number that
/// must be told.
package struct Goodbyes: Sendable, Equatable {
    /// The number of contacts that have been told.
    package internal(set) var told = 0
    /// The number of contacts in the registry that must be told; nil until the registry has counted them.
    var stored: Int?
    /// The number of contacts on live networks that must be told. Only loaded users have such contacts.
    var live = 0

    /// The number of contacts that have not been told; nil if it is unknown.
    package var left: Int? { stored.map { max(0, $0 + live - told) } }
}
