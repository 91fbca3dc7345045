"""The routes of this room."""

from litestar import Router

from fanlight.server.accounts import devices, earlier, houses, joining, keeping, recovery, sign_in

router = Router(
    path="/",
    tags=["accounts"],
    route_handlers=[
        sign_in.ask_challenge,
        sign_in.sign_in,
        sign_in.make_account,
        sign_in.begin_passkey_sign_in,
        sign_in.sign_in_by_passkey,
        sign_in.sign_out,
        sign_in.list_sessions,
        sign_in.end_session,
        sign_in.end_other_sessions,
        keeping.begin_passkey,
        keeping.make_account_by_passkey,
        keeping.add_passkey,
        keeping.list_passkeys,
        keeping.put_wrapped,
        keeping.remove_passkey,
        devices.make_ticket,
        devices.add_device,
        keeping.list_notices,
        keeping.drop_notices,
        keeping.about_account,
        houses.found_household,
        houses.list_households,
        houses.get_household,
        houses.admit_hub,
        houses.get_epochs,
        houses.put_epoch,
        earlier.give_earlier,
        joining.make_invite,
        joining.read_invite,
        joining.answer_invite,
        joining.read_answer,
        joining.drop_invite,
        joining.leave_household,
        joining.delete_account,
        joining.delete_household,
        recovery.find_by_recovery,
        recovery.put_recovery,
    ],
)
