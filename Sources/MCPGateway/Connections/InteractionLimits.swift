/// The bounds on what clients can make a server's connections do.
package struct InteractionLimits: Sendable {
    /// How often a server may ask during one call.
    package var maximumRounds = 16
    /// How many connections one caller may have to a server at one time by declaring different capabilities.
    package var maximumCapabilitySets = 16

    package init() {}
}
