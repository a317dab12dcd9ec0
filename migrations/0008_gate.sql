-- From a credential to what it may see. These functions run as portico_gate, which alone may look
-- before anybody has been let in; they give away nothing but what `Store::begin` puts into the transaction.
-- They are written in PL/pgSQL because it keeps plans: the same in SQL is planned anew at every call, which
-- takes four times as long.
create type principal as (
  db_role text,
  organization_id uuid,
  member_id uuid,
  contact_id uuid,
  client_id uuid,
  document_id uuid,
  viewed_by uuid,
  account_id uuid,
  actor_name text,
  time_zone text,             -- the organization's, in which nearly every answer needs a day
  permissions text[],
  last_used_at timestamptz    -- of a token
);

create function resolve_session(session_id uuid, wanted text, at timestamptz) returns setof principal
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if wanted = 'console' then
    return query
      select 'portico_staff', s.organization_id, m.id, null::uuid, null::uuid, null::uuid, null::uuid, s.account_id, m.name, o.time_zone, r.permissions,
        null::timestamptz
      from session s join organization o on o.organization_id = s.organization_id
      join member m on m.organization_id = s.organization_id and m.id = s.member_id and m.removed_at is null
      join role r on r.organization_id = m.organization_id and r.id = m.role_id
      where s.id = session_id and s.audience = 'console' and s.revoked_at is null and s.expires_at > at;
  else
    return query
      select 'portico_portal', s.organization_id, null::uuid, c.id, c.client_id, null::uuid, s.viewed_by, null::uuid, c.name, o.time_zone, c.permissions,
        null::timestamptz
      from session s join organization o on o.organization_id = s.organization_id
      join contact c on c.organization_id = s.organization_id and c.id = s.contact_id
        and (c.portal_access or s.viewed_by is not null) and (c.email = s.email or s.viewed_by is not null)
      join client k on k.organization_id = c.organization_id and k.id = c.client_id and k.archived_at is null
      where s.id = session_id and s.audience = 'portal' and s.revoked_at is null and s.expires_at > at;
  end if;
end
$$;
alter function resolve_session owner to portico_gate;

create function resolve_api_token(token_hash bytea, at timestamptz) returns setof principal
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return query
    select 'portico_staff', t.organization_id, m.id, null::uuid, null::uuid, null::uuid, null::uuid, null::uuid, m.name, o.time_zone,
      -- Never more than the member has today.
      (select coalesce(array_agg(p), '{}') from unnest(t.scopes) p where p = any (r.permissions)),
      t.last_used_at
    from api_token t join organization o on o.organization_id = t.organization_id
    join member m on m.organization_id = t.organization_id and m.id = t.member_id and m.removed_at is null
    join role r on r.organization_id = m.organization_id and r.id = m.role_id
    where t.hash = token_hash and t.revoked_at is null and (t.expires_at is null or t.expires_at > at);
end
$$;
alter function resolve_api_token owner to portico_gate;

create function resolve_guest_link(token_hash bytea, at timestamptz) returns setof principal
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return query
    select 'portico_portal', g.organization_id, null::uuid, null::uuid, g.client_id, g.invoice_id, null::uuid, null::uuid, ''::text, o.time_zone,
      array['portal', 'money.view', 'money.pay'], null::timestamptz
    from guest_link g join organization o on o.organization_id = g.organization_id
    join client k on k.organization_id = g.organization_id and k.id = g.client_id and k.archived_at is null
    where g.hash = token_hash and g.revoked_at is null and g.expires_at > at;
end
$$;
alter function resolve_guest_link owner to portico_gate;
revoke create on schema public from portico_gate;

revoke execute on function resolve_session, resolve_api_token, resolve_guest_link from public;
