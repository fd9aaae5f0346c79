using Tandem.Identity.Sessions;
using V1 = Tandem.Contracts.Grpc.Identity.V1;

namespace Tandem.Identity.Users;

/// <summary>Users and their sessions as gRPC messages.</summary>
internal static class UserMessages
{
    public static V1.User ToMessage(this UserResponse user)
    {
        var message = new V1.User { Id = user.Id, Email = user.Email, Name = user.Name, Address = user.Address?.ToMessage(), Roles = { user.Roles } };
        if (user.Phone is { } phone)
        {
            message.Phone = phone;
        }

        return message;
    }

    public static V1.AuthenticateResponse ToMessage(this SessionResponse session) => new()
    {
        AccessToken = session.AccessToken,
        ExpiresIn = session.ExpiresIn,
        RefreshToken = session.RefreshToken,
        User = session.User.ToMessage(),
    };

    public static ProfileRequest ToRequest(this V1.UpdateUserRequest request) => new(
        request.Name,
        request.HasPhone ? request.Phone : null,
        request.Address is { } address
            ? new Address(
                address.HasStreet ? address.Street : null,
                address.HasCity ? address.City : null,
                address.HasState ? address.State : null,
                address.HasZip ? address.Zip : null,
                address.HasCountry ? address.Country : null)
            : null);

    private static V1.Address ToMessage(this Address address)
    {
        // What is optional is set or not; null is no value of a message.
        var message = new V1.Address();
        if (address.Street is { } street)
        {
            message.Street = street;
        }

        if (address.City is { } city)
        {
            message.City = city;
        }

        if (address.State is { } state)
        {
            message.State = state;
        }

        if (address.Zip is { } zip)
        {
            message.Zip = zip;
        }

        if (address.Country is { } country)
        {
            message.Country = country;
        }

        return message;
    }
}
