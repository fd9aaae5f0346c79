namespace Tandem.Runtime.AppChannel;

/// <summary>The app came up.</summary>
/// <param name="isAgain">Whether the app is still the one that the last call was about.</param>
/// <returns>Whether all is settled; if not, this is to be called again.</returns>
public delegate Task<bool> AppUpHandler(bool isAgain, CancellationToken cancellationToken);
