/// Counts what passes between the proxy and its servers.
package final class WireMeter: Sendable {
    /// Messages, without what a transport puts around them.
    package let bytes = Traffic()
    /// Answers of servers for which nobody waited any more.
    package let orphanAnswers = Counter()

    package init() {}
}
